using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Tests.Sampling;

namespace DiffusionBot.Engine.Tests.Infotext;

/// <summary>A sampler's settings in a parameter text, against the texts of the reference runs.</summary>
public sealed class SamplingLabelsTests
{
    // Of other hands: what starts from a picture or from varied noise.
    public static TheoryData<string> Runs() => [.. ReferenceRun.All.Values
        .Where(run => !new[] { "Denoising strength", "Variation seed", "Seed resize" }.Any(label => run.Infotext.Contains(label, StringComparison.Ordinal))).Select(run => run.Id)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_runs_text_is_the_references(string id)
    {
        var run = ReferenceRun.All[id];
        Assert.Equal(run.Infotext.Replace(", RNG: NV", "", StringComparison.Ordinal), Written(run.Request));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_references_text_read_and_written_is_the_same(string id)
    {
        var run = ReferenceRun.All[id];
        var request = InfotextMapping.ToRequest(StrictInfotextReader.Read("a\n" + run.Infotext), new ImageRequest(), out var notes);
        Assert.Empty(notes);
        Assert.Equal(run.Infotext.Replace(", RNG: NV", "", StringComparison.Ordinal), Written(request with { Prompt = "" }));
    }

    [Fact]
    public void The_reference_has_every_label() => Assert.All(
        ["Eta", "Eta DDIM", "ENSD", "Sigma churn", "Sigma tmin", "Sigma tmax", "Sigma noise", "Discard penultimate sigma", "SGM noise multiplier", "Schedule min sigma", "Schedule max sigma",
            "Schedule rho", "Beta schedule alpha", "Beta schedule beta", "NGMS"],
        label => Assert.Contains(Runs(), row => ReferenceRun.All[row.Data].Infotext.Contains($", {label}: ", StringComparison.Ordinal)));

    [Fact]
    public void What_WebUI_reads_of_UniPC_is_read()
    {
        const string Text = "a\nSteps: 5, Sampler: UniPC, UniPC variant: vary_coeff, UniPC skip type: logSNR, UniPC order: 2, UniPC lower order final: False";
        var request = InfotextMapping.ToRequest(StrictInfotextReader.Read(Text), new ImageRequest(), out var notes);
        Assert.Equal(new SamplingSettings { UniPcVariant = UniPcVariant.VaryCoeff, UniPcSkip = UniPcSkip.LogSnr, UniPcOrder = 2, UniPcLowerOrderFinal = false }, request.Sampling);
        Assert.Empty(notes);
    }

    [Theory]
    [InlineData("UniPC variant: bh3", "UniPC variant: \"bh3\" is none of bh1, bh2, vary_coeff; bh1 is used.")]
    [InlineData("SGM noise multiplier: 7", "SGM noise multiplier: \"7\" is none of True, False; False is used.")]
    [InlineData("Eta: much", "Eta: \"much\" is no number that fits; 1 is used.")]
    public void What_cannot_be_read_is_noted(string parameter, string note)
    {
        var request = InfotextMapping.ToRequest(StrictInfotextReader.Read($"a\nSteps: 5, Seed: 1, {parameter}"), new ImageRequest(), out var notes);
        Assert.Equal(note, Assert.Single(notes).English);
        Assert.Equal(new SamplingSettings(), request.Sampling);
    }

    [Fact]
    public void Without_new_noise_there_is_no_ENSD() =>
        Assert.DoesNotContain("ENSD", Written(new ImageRequest { Ensd = 5, Seed = 1, Width = 64, Height = 64, Sampling = new() { Eta = 0 } }), StringComparison.Ordinal);

    private static string Written(ImageRequest request)
    {
        var choice = SamplerTable.Find(request.Sampler, request.Schedule);
        var text = InfotextWriter.Write(request, new DrawingFacts(request.Seed, request.Width!.Value, request.Height!.Value, choice.Sampler.Name, choice.ScheduleLabel, choice.Sampler.UsesEnsd));
        return text[..text.IndexOf(", Version: ", StringComparison.Ordinal)];
    }
}
