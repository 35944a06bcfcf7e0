using System.Text.Json;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Tests.Pipelines;

namespace DiffusionBot.Engine.Tests.Infotext;

/// <summary>WebUI's own texts for WebUI's own pictures, of a request in our words.</summary>
public sealed class InfotextWriterTests
{
    private static readonly string[] pictures = ["apple", "chinese", "weights", "batch", "clip-skip-2", "ensd", "cpu-noise", "break", "wide", "odd"];

    private static readonly JsonElement runs = TestData.Json("pictures/pictures.json");

    public static TheoryData<string> References { get; } = [.. pictures];

    [Theory]
    [MemberData(nameof(References))]
    public void Writes_what_WebUI_writes_and_reads_it_back(string id)
    {
        var run = runs.EnumerateArray().Single(r => r.GetProperty("id").GetString() == id);
        var request = ReferencePicturesTests.RequestOf(run);
        var texts = run.GetProperty("infotexts").EnumerateArray().Select(t => t.GetString()!).ToList();
        for (var i = 0; i < texts.Count; i++)
        {
            var seed = request.Seed + i;
            var facts = new DrawingFacts(seed, request.Width!.Value, request.Height!.Value, request.Sampler, request.Schedule,
                SamplerUsesEnsd: true, "4a44d18e42", "emoji-3d");
            var written = InfotextWriter.Write(request, facts);
            Assert.Equal(Ours(texts[i]), written);

            foreach (var text in new[] { written, texts[i] })
            {
                var again = InfotextMapping.ToRequest(StrictInfotextReader.Read(text), new ImageRequest(), out var notes);
                Assert.Empty(notes);
                Assert.Equal(request with { Seed = seed, BatchCount = 1, BatchSize = 1, Checkpoint = "emoji-3d", CheckpointHash = "4a44d18e42" }, again);
            }
        }
    }

    /// <summary>The two things that differ by intent.</summary>
    private static string Ours(string text) => text.Replace(", RNG: NV", "", StringComparison.Ordinal)
        .Replace("v1.10.1-amd-51-ge61adddd", InfotextWriter.Version, StringComparison.Ordinal);

    [Fact]
    public void The_version_is_the_programs() => Assert.Matches(@"^DiffusionBot-\d+\.\d+\.\d+$", InfotextWriter.Version);

    private static string Line(ImageRequest request, DrawingFacts facts) => InfotextWriter.Write(request, facts);

    private static DrawingFacts Facts() => new(1, 512, 512, "Euler a", "Automatic", SamplerUsesEnsd: true);

    [Theory]
    [InlineData(7, "7")]
    [InlineData(7.5, "7.5")]
    [InlineData(12.25, "12.25")]
    public void The_cfg_scale_has_no_digit_too_many(double scale, string written) =>
        Assert.Contains($", CFG scale: {written}, ", Line(new ImageRequest { CfgScale = scale }, Facts()), StringComparison.Ordinal);

    [Fact]
    public void Ensd_is_written_only_where_the_sampler_uses_it()
    {
        var request = new ImageRequest { Ensd = 31337 };
        Assert.Contains("ENSD: 31337", Line(request, Facts()), StringComparison.Ordinal);
        Assert.DoesNotContain("ENSD", Line(request, Facts() with { SamplerUsesEnsd = false }), StringComparison.Ordinal);
        Assert.DoesNotContain("ENSD", Line(new ImageRequest(), Facts()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_separate_vae_stands_behind_the_model_and_odd_names_are_quoted()
    {
        var facts = Facts() with { ModelHash = "0123456789", Model = "红, 蓝", VaeHash = "abcdef0123", Vae = "my:vae.pt" };
        Assert.Contains("Model hash: 0123456789, Model: \"红, 蓝\", VAE hash: abcdef0123, VAE: \"my:vae.pt\", Version: ", Line(new ImageRequest(), facts), StringComparison.Ordinal);
        var values = StrictInfotextReader.Read(Line(new ImageRequest { Prompt = "x" }, facts));
        Assert.Equal("红, 蓝", values.Parameters["Model"]);
        Assert.Equal("my:vae.pt", values.Parameters["VAE"]);
    }

    [Fact]
    public void Without_prompts_there_is_one_line() => Assert.StartsWith("Steps: 20, ", Line(new ImageRequest(), Facts()), StringComparison.Ordinal);

    [Fact]
    public void A_request_that_is_not_drawn_yet_is_written_without_what_the_drawing_decides()
    {
        Assert.Equal("a\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7", InfotextWriter.Write(new ImageRequest { Prompt = "a" }));
        var request = new ImageRequest
        {
            Prompt = "a",
            NegativePrompt = "b",
            Steps = 3,
            Sampler = "dpmpp_2m",
            CfgScale = 7.5,
            Seed = 0,
            Width = 300,
            Height = 400,
            Checkpoint = "foo, bar",
            CheckpointHash = "0123456789",
            Vae = "v.pt",
            ClipSkip = 2,
            Ensd = 5,
            Rng = NoiseSource.Cpu,
        };
        const string Text = "a\nNegative prompt: b\nSteps: 3, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 0, Size: 300x400, Model hash: 0123456789, "
            + "Model: \"foo, bar\", VAE: v.pt, Clip skip: 2, RNG: CPU";
        Assert.Equal(Text, InfotextWriter.Write(request));
        var back = InfotextMapping.ToRequest(LenientInfotextReader.Read(Text), new ImageRequest(), out var notes);
        Assert.Equal(request with { Sampler = "DPM++ 2M", Schedule = "Karras", Ensd = 0 }, back);
        Assert.Empty(notes);
        // What is not known is written as it was asked for.
        Assert.Contains("Sampler: DEIS, Schedule type: Bong,", InfotextWriter.Write(request with { Sampler = "DEIS", Schedule = "Bong" }), StringComparison.Ordinal);
    }
}
