using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Upscaling;

/// <summary>One of WebUI's upscalers that enlarge latents: torch.nn.functional.interpolate with align_corners off.</summary>
/// <param name="Name">As WebUI shows it and writes it into the infotext.</param>
/// <param name="Taps">What each new element of an axis is made of.</param>
internal sealed record LatentUpscaler(string Name, Func<int, int, AxisTaps> Taps) : INamed
{
    /// <summary>All, in WebUI's order.</summary>
    public static IReadOnlyList<LatentUpscaler> All { get; } =
    [
        new("Latent", AxisTaps.Linear),
        new("Latent (antialiased)", AxisTaps.LinearAntialiased),
        new("Latent (bicubic)", AxisTaps.Cubic),
        new("Latent (bicubic antialiased)", AxisTaps.CubicAntialiased),
        new("Latent (nearest)", AxisTaps.Nearest),
        new("Latent (nearest-exact)", AxisTaps.NearestExact),
    ];

    /// <summary>torch's "nearest": the element at the same share of the way, rounded down.</summary>
    public static LatentUpscaler Nearest { get; } = All.Single(upscaler => upscaler.Name == "Latent (nearest)");

    /// <summary>Other names: none.</summary>
    public string[] Aliases => [];

    /// <summary>Latents of another size.</summary>
    /// <param name="latents">[planes, height, width].</param>
    /// <param name="planes">Images times channels.</param>
    /// <param name="from">Height and width that they have.</param>
    /// <param name="to">Height and width that they get.</param>
    /// <returns>[planes, height, width].</returns>
    public float[] Resize(ReadOnlySpan<float> latents, int planes, (int Height, int Width) from, (int Height, int Width) to)
    {
        var (rows, columns) = (Taps(from.Height, to.Height), Taps(from.Width, to.Width));
        var wide = new float[planes * from.Height * to.Width];
        for (var line = 0; line < planes * from.Height; line++)
        {
            var source = latents.Slice(line * from.Width, from.Width);
            for (var x = 0; x < to.Width; x++) wide[(line * to.Width) + x] = columns.Sum(source, x, stride: 1);
        }
        var resized = new float[planes * to.Height * to.Width];
        for (var plane = 0; plane < planes; plane++)
        {
            var source = wide.AsSpan(plane * from.Height * to.Width, from.Height * to.Width);
            for (var y = 0; y < to.Height; y++)
            {
                for (var x = 0; x < to.Width; x++) resized[(((plane * to.Height) + y) * to.Width) + x] = rows.Sum(source[x..], y, stride: to.Width);
            }
        }
        return resized;
    }
}
