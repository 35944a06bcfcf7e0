using System.Globalization;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Imaging;

namespace DiffusionBot.Benchmarks;

/// <summary>Draws the grids of docs/recipes.md with the shipped model: a row of pictures that differ in one parameter, each at most 192 pixels wide.</summary>
internal static class RecipeGrids
{
    private const int Cell = 192, Across = 6;

    private const string Apple = "a red apple on a blue background", Parameters = "Steps: 20, Sampler: DPM++ 2M, CFG scale: 4, Seed: 11, Size: 256x256";

    /// <summary>Parameter texts by the grid's name, in the order of its pictures.</summary>
    private static readonly (string Name, string[] Texts)[] texts =
    [
        ("steps", With("Steps", "2", "4", "8", "12", "20", "40")),
        ("cfg", With("CFG scale", "1", "2", "4", "7", "12", "20")),
        ("seed", With("Seed", "11", "12", "13", "14", "15", "16")),
        ("size", With("Size", "256x256", "192x256", "256x192", "320x256", "256x320", "320x320")),
        ("clip-skip", With("Clip skip", "1", "2", "3")),
        ("samplers", [.. ImageEngine.Samplers.SelectMany(name => With("Sampler", name))]),
        ("schedules", [.. ImageEngine.Schedules.SelectMany(name => With("Schedule type", name))]),
        ("eta", [.. new[] { "0", "0.25", "0.5", "0.75", "1" }.SelectMany(eta => With("Eta", "Euler a", eta))]),
        ("churn", [.. new[] { "0", "5", "20", "60" }.SelectMany(churn => With("Sigma churn", "Euler", churn))]),
        ("ensd", [.. new[] { "0", "31337" }.SelectMany(ensd => With("ENSD", "Euler a", ensd))]),
        ("rng", [Text(Apple, "RNG: GPU"), Text(Apple, "RNG: CPU")]),
        ("variation", [.. new[] { "0", "0.2", "0.4", "0.6", "0.8", "1" }.Select(strength => Text(Apple, $"Variation seed: 14, Variation seed strength: {strength}"))]),
        ("seed-resize", [Text(Apple, ""), Text(Apple, "Size: 320x256"), Text(Apple, "Size: 320x256, Seed resize from: 256x256")]),
        ("emphasis", Prompts("a red apple on a (blue background:0.3)", Apple, "a red apple on a (blue background:1.4)", "a red apple on a (blue background:1.8)")),
        ("emphasis-mode", [.. new[] { "Original", "No norm", "Ignore", "None" }.Select(mode => Text("a (red apple:1.5) on a blue background", $"Emphasis: {mode}"))]),
        ("negative", [Text(Apple, ""), Text(Apple + "\nNegative prompt: blue", ""), Text(Apple + "\nNegative prompt: (blue:1.6)", "")]),
        ("edit", Prompts("a [red apple:strawberry:0.1] on a blue background", "a [red apple:strawberry:0.25] on a blue background", "a [red apple:strawberry:0.5] on a blue background", "a [red apple:strawberry:0.8] on a blue background")),
        ("alternate", Prompts(Apple, "a strawberry on a blue background", "a [red apple|strawberry] on a blue background")),
        ("and", Prompts("a red apple on a blue background AND a strawberry on a blue background", Apple + " AND a strawberry on a blue background :0.5", Apple + " :0.5 AND a strawberry on a blue background")),
        ("hires", [Text(Apple, ""), .. Hires("Latent", 0.7), .. Hires("Latent", 0.5), .. Hires("Lanczos", 0.5), .. Hires("Lanczos", 0.3), .. Hires("Nearest", 0.3)]),
        ("hires-own", [.. OfItsOwn(""), .. OfItsOwn("Hires prompt: a strawberry on a blue background"), .. OfItsOwn("Hires CFG Scale: 1"), .. OfItsOwn("Hires CFG Scale: 12"), .. OfItsOwn("Hires sampler: Euler a"), .. OfItsOwn("Hires steps: 4")]),
    ];

    /// <summary>Draws all grids, or those that are named.</summary>
    public static async Task DrawAsync(string folder, IReadOnlyCollection<string> only)
    {
        using var engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = { Folder = "models" } });
        Directory.CreateDirectory(folder);
        foreach (var (name, recipes) in texts.Where(row => only.Count == 0 || only.Contains(row.Name)))
            await WriteAsync(engine, folder, name, [.. recipes.Select(RequestOf)]);
        if (only.Count > 0 && !only.Any(name => name.StartsWith("init", StringComparison.Ordinal))) return;

        var source = (await engine.GenerateAsync(RequestOf(Text(Apple, "")))).Images[0].Pixels;
        foreach (var (name, starts) in Starts(source))
        {
            if (only.Count == 0 || only.Contains(name)) await WriteAsync(engine, folder, name, [.. starts.Select(init => RequestOf(Text("a strawberry on a blue background", "")) with { Init = init })], source);
        }
    }

    private static IEnumerable<(string Name, InitImage[] Inits)> Starts(Bitmap source)
    {
        var init = new InitImage { Picture = source, DenoisingStrength = 0.6 };
        yield return ("init-denoise", [.. new[] { 0.2, 0.4, 0.6, 0.8, 1 }.Select(strength => init with { DenoisingStrength = strength })]);
        yield return ("init-noise", [.. new[] { 0.8, 0.9, 1, 1.1 }.Select(noise => init with { NoiseMultiplier = noise })]);
        yield return ("init-colour", [init, init with { ColorCorrection = true }]);
        var wide = Resampling.Resize(source, 384, 256, ResampleFilter.Lanczos);
        yield return ("init-resize", [.. Enum.GetValues<ResizeMode>().Select(mode => init with { Picture = wide, ResizeMode = mode, DenoisingStrength = 0.5 })]);
        var inpaint = new Inpainting { Mask = MaskOf(source) };
        var masked = init with { DenoisingStrength = 0.9 };
        yield return ("init-mask", [.. Enum.GetValues<MaskedContent>().Select(content => masked with { Inpaint = inpaint with { Content = content } })]);
        yield return ("init-mask-blur", [.. new[] { 0, 4, 16, 32 }.Select(blur => masked with { Inpaint = inpaint with { MaskBlur = blur } })]);
        yield return ("init-mask-area", [masked with { Inpaint = inpaint }, masked with { Inpaint = inpaint with { Area = InpaintArea.OnlyMasked } }, masked with { Inpaint = inpaint with { Inverted = true } }]);
    }

    /// <summary>White in the middle.</summary>
    private static Bitmap MaskOf(Bitmap picture)
    {
        var pixels = new byte[picture.Width * picture.Height];
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var (dx, dy) = ((2.0 * x / picture.Width) - 1, (2.0 * y / picture.Height) - 1);
                if ((dx * dx) + (dy * dy) < 0.4) pixels[(y * picture.Width) + x] = 255;
            }
        }
        return new Bitmap(picture.Width, picture.Height, 1, pixels);
    }

    private static async Task WriteAsync(ImageEngine engine, string folder, string name, IReadOnlyList<ImageRequest> requests, params Bitmap[] before)
    {
        var cells = before.ToList();
        foreach (var request in requests) cells.Add((await engine.GenerateAsync(request)).Images[0].Pixels);
        var scale = Math.Min(1.0, (double)Cell / cells.Max(cell => Math.Max(cell.Width, cell.Height)));
        // What is drawn at other sizes is shown at them; a second pass is as large as the first here, or one would see nothing else.
        var small = cells.Select(cell => name == "size" ? Resampling.Resize(cell, (int)(cell.Width * scale), (int)(cell.Height * scale), ResampleFilter.Lanczos)
            : Resampling.Resize(cell, Cell * cell.Width / Math.Max(cell.Width, cell.Height), Cell * cell.Height / Math.Max(cell.Width, cell.Height), ResampleFilter.Lanczos)).ToList();
        var path = Path.Combine(folder, $"{name}.jpg");
        await File.WriteAllBytesAsync(path, PictureWriter.Jpeg(Grid.Of(small, (small.Count + Across - 1) / Across), 85, null));
        Console.WriteLine($"{path}: {small.Count} pictures");
    }

    private static ImageRequest RequestOf(string text)
    {
        var request = InfotextMapping.ToRequest(StrictInfotextReader.Read(text), new ImageRequest(), out var notes);
        return notes.Count == 0 ? request : throw new InvalidOperationException($"{text}: {notes[0].English}");
    }

    private static string[] With(string label, params string[] values) => [.. values.Select(value => Text(Apple, $"{label}: {value}"))];

    private static string[] With(string label, string sampler, string value) => [Text(Apple, $"Sampler: {sampler}, {label}: {value}")];

    private static string[] Prompts(params string[] prompts) => [.. prompts.Select(prompt => Text(prompt, ""))];

    private static string[] Hires(string upscaler, double strength) =>
        [Text(Apple, $"Hires upscale: 2, Hires upscaler: {upscaler}, Denoising strength: {strength.ToString(CultureInfo.InvariantCulture)}")];

    /// <summary>A second pass that begins like the others and has something of its own.</summary>
    private static string[] OfItsOwn(string more) => [Text(Apple, $"Hires upscale: 1.25, Hires upscaler: Latent, Denoising strength: 0.7{(more.Length > 0 ? $", {more}" : "")}")];

    /// <summary>A parameter said twice is as it is said last.</summary>
    private static string Text(string prompt, string more) => $"{prompt}\n{Parameters}{(more.Length > 0 ? $", {more}" : "")}";
}
