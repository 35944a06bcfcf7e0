using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Tests.Understanding;

/// <summary>With a folder of models of which one is the shipped one, one is of a family that is not drawn yet, and one is no VAE but is named like one.</summary>
public sealed class DifferenceReportTests : IDisposable
{
    private const string Hash = "4a44d18e42";

    private readonly string folder = Directory.CreateTempSubdirectory("diffusionbot-").FullName;
    private readonly ModelIndex models;

    public DifferenceReportTests()
    {
        foreach (var below in new[] { "checkpoints", "vae", "loras", "embeddings" }) Directory.CreateDirectory(Path.Combine(folder, below));
        File.CreateSymbolicLink(Path.Combine(folder, "checkpoints", "pictures.safetensors"), TestData.Model("checkpoints/emoji-3d.safetensors"));
        File.WriteAllText(Path.Combine(folder, "checkpoints", "zz-broken.safetensors"), "");
        File.WriteAllText(Path.Combine(folder, "vae", "clear.safetensors"), "");
        File.WriteAllText(Path.Combine(folder, "loras", "add_detail.safetensors"), "");
        File.WriteAllText(Path.Combine(folder, "embeddings", "easynegative.safetensors"), "");
        models = new ModelIndex(new ModelIndexOptions { Folder = folder, CacheFolder = Path.Combine(folder, "cache") }, TimeProvider.System);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<(ImageRequest Asked, DifferenceReport Report)> ReportAsync(string text)
    {
        var words = CommandParser.ParseDrawing(text);
        var request = RequestLayers.Build(FlagSet.Empty, FlagSet.Empty, null, words, out _);
        return (request, await DifferenceReport.MakeAsync(request, words.Recipe, models, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("a cat")]
    [InlineData("a cat --sampler DPM++ 2M Karras --model pictures --vae clear")]
    [InlineData("a cat\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 5, Model hash: " + Hash + ", Model: another-name")]
    [InlineData("a cat\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 5, Model hash: " + Hash)]
    [InlineData("a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Model: pictures, Emphasis: Original")]
    public async Task What_is_here_makes_no_difference(string text)
    {
        var (asked, report) = await ReportAsync(text);
        Assert.Equal(asked, report.Request);
        Assert.Empty(report.Lines);
        Assert.True(report.SeedMatches);
    }

    [Theory]
    [InlineData("a cat --model pictura", "The model pictura is not here; drawn with pictures. Names like it: pictures.")]
    [InlineData("a cat --model deliberate_v2", "The model deliberate_v2 is not here; drawn with pictures.")]
    [InlineData("a cat --model zz-broken", "The model zz-broken is here, but cannot be drawn with yet; drawn with pictures.")]
    [InlineData("a cat --vae clera", "The VAE clera is not here; the model's own is used. Names like it: clear.")]
    [InlineData("a cat --sampler eular", "The sampler eular is not here; Euler is used instead.")]
    [InlineData("a cat --schedule ays32", "The schedule ays32 is not here; Align Your Steps is used instead.")]
    [InlineData("a cat --sampler Euler Karras --schedule nonsense", "The schedule nonsense is not here; Karras is used instead.")]
    [InlineData("a cat, <lora:shoes:1>", "The LoRA shoes is not here; drawn without it.")]
    public async Task What_is_not_here_is_named_and_something_is_drawn(string text, string line)
    {
        var (_, report) = await ReportAsync(text);
        Assert.Equal([line], report.Lines.Select(l => l.English));
        Assert.False(report.SeedMatches);
        Assert.DoesNotContain("zz-broken", report.Request.Checkpoint ?? "", StringComparison.Ordinal);
        Assert.Null(report.Request.CheckpointHash);
    }

    [Fact]
    public async Task Everything_that_a_text_asks_for_and_is_not_here_is_listed()
    {
        var (asked, report) = await ReportAsync(
            "a cat <lora:shoes:1>\nNegative prompt: easynegative\nSteps: 20, Sampler: DEIS Karras, CFG scale: 7, Seed: 5, Size: 512x512, Model hash: 9aba26abdf, Model: deliberate_v2, "
            + "VAE hash: 0123456789, VAE: mse.vae.pt, Denoising strength: 0.7, Face restoration: GFPGAN, Lora hashes: \"shoes: 0123456789ab\", TI hashes: \"easynegative: c74b4e810b03, badhand: 0123456789ab\", Version: v1.6.0");
        Assert.Equal(
        [
            "The sampler DEIS Karras is not here; DPM++ 2M is used instead.",
            "The model deliberate_v2 [9aba26abdf] is not here; drawn with pictures.",
            "The VAE mse.vae.pt is not here; the model's own is used.",
            "The LoRA shoes is not here; drawn without it.",
            "The embedding badhand is not here; drawn without it.",
            "Not drawn yet: Face restoration.",
            "So the same seed will give a similar picture at best, not the same one.",
        ], report.Lines.Select(l => l.English));
        Assert.Equal(asked with { Sampler = "DPM++ 2M", Schedule = "Karras", Checkpoint = null, CheckpointHash = null, Vae = "None" }, report.Request);
        Assert.False(report.SeedMatches);
        Assert.Equal("没有模型 deliberate_v2 [9aba26abdf]，改用 pictures。", report.Lines[1].Chinese);
    }

    [Fact]
    public async Task A_model_of_that_name_but_another_hash_is_used_and_told()
    {
        var (asked, report) = await ReportAsync("a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Model hash: 0123456789, Model: pictures");
        Assert.Equal(asked with { CheckpointHash = null }, report.Request);
        Assert.Equal($"The text was made with pictures [0123456789]; drawn with pictures [{Hash}], which is another file.", report.Lines[0].English);
        Assert.False(report.SeedMatches);
    }

    [Fact]
    public async Task A_folder_without_models_is_no_failure()
    {
        var none = new ModelIndex(new ModelIndexOptions { Folder = Path.Combine(folder, "nothing"), CacheFolder = Path.Combine(folder, "cache") }, TimeProvider.System);
        var report = await DifferenceReport.MakeAsync(new ImageRequest { Checkpoint = "x" }, CommandParser.ParseDrawing("a").Recipe, none, TestContext.Current.CancellationToken);
        Assert.Equal("The model x is not here; nor is any other.", Assert.Single(report.Lines).English);
    }

    [Fact]
    public async Task Novels_as_names_are_cut()
    {
        var (_, report) = await ReportAsync($"a <lora:{new string('x', 5000)}:1> --sampler {new string('y', 5000)} --model {new string('z', 5000)} --vae {new string('v', 5000)}");
        Assert.Equal(4, report.Lines.Count);
        Assert.All(report.Lines, line => Assert.True(line.English.Length < 250));
    }
}
