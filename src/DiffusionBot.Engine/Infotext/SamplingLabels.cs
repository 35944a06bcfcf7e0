using System.Globalization;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Infotext;

/// <summary>A sampler's settings in a parameter text. WebUI writes each only where the sampler looks at it and it is not the default, and UniPC's never.</summary>
internal static class SamplingLabels
{
    /// <summary>What a text reads, by UniPC's words.</summary>
    public static IReadOnlyDictionary<string, UniPcVariant> Variants { get; } = new Dictionary<string, UniPcVariant>(StringComparer.OrdinalIgnoreCase)
    {
        ["bh1"] = UniPcVariant.Bh1,
        ["bh2"] = UniPcVariant.Bh2,
        ["vary_coeff"] = UniPcVariant.VaryCoeff,
    };

    /// <summary>Likewise.</summary>
    public static IReadOnlyDictionary<string, UniPcSkip> Skips { get; } = new Dictionary<string, UniPcSkip>(StringComparer.OrdinalIgnoreCase)
    {
        ["time_uniform"] = UniPcSkip.TimeUniform,
        ["time_quadratic"] = UniPcSkip.TimeQuadratic,
        ["logSNR"] = UniPcSkip.LogSnr,
    };

    /// <summary>Likewise, by WebUI's words: whether the schedule is stretched.</summary>
    public static IReadOnlyDictionary<string, bool> NoiseSchedules { get; } = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase) { ["Default"] = false, ["Zero Terminal SNR"] = true };

    /// <summary>The labels and values of a drawing, in WebUI's order.</summary>
    public static IEnumerable<(string Label, string Value)> Of(SamplerChoice choice, SamplingSettings settings)
    {
        var usual = new SamplingSettings();
        var sigmas = choice.Sampler as SigmaSampler;
        if (settings.DiscardPenultimateSigma && sigmas is not { DiscardsNextToLastSigma: true }) yield return ("Discard penultimate sigma", "True");
        // "Automatic" where the sampler has no schedule of its own: no function is asked that these could be given to.
        if (sigmas is not null && choice.Schedule != SigmaSchedules.Automatic)
        {
            if (settings.ScheduleMinSigma != 0) yield return ("Schedule min sigma", Number(settings.ScheduleMinSigma));
            if (settings.ScheduleMaxSigma != 0) yield return ("Schedule max sigma", Number(settings.ScheduleMaxSigma));
            if (settings.ScheduleRho != 0 && choice.Schedule.Rho is { } own && settings.ScheduleRho != own) yield return ("Schedule rho", Number(settings.ScheduleRho));
            if (choice.Schedule.Name == "Beta")
            {
                yield return ("Beta schedule alpha", Number(settings.BetaAlpha));
                yield return ("Beta schedule beta", Number(settings.BetaBeta));
            }
        }
        if (settings.SgmNoiseMultiplier && sigmas is not null) yield return ("SGM noise multiplier", "True");
        if (choice.Sampler.Eta == EtaKind.Ancestral && settings.Eta != usual.Eta) yield return ("Eta", Number(settings.Eta));
        if (choice.Sampler.Eta == EtaKind.Ddim && settings.EtaDdim != usual.EtaDdim) yield return ("Eta DDIM", Number(settings.EtaDdim));
        if (choice.Sampler.TakesChurn)
        {
            if (settings.SigmaChurn != usual.SigmaChurn) yield return ("Sigma churn", Number(settings.SigmaChurn));
            if (settings.SigmaTmin != usual.SigmaTmin) yield return ("Sigma tmin", Number(settings.SigmaTmin));
            if (settings.SigmaTmax != usual.SigmaTmax) yield return ("Sigma tmax", Number(settings.SigmaTmax));
            if (settings.SigmaNoise != usual.SigmaNoise) yield return ("Sigma noise", Number(settings.SigmaNoise));
        }
        if (settings.NegativeGuidanceMinimumSigma != 0) yield return ("NGMS", Number(settings.NegativeGuidanceMinimumSigma));
    }

    /// <summary>As Python writes a float: whole ones with a zero behind the point.</summary>
    private static string Number(double value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        return double.IsInteger(value) && !text.Contains('E', StringComparison.Ordinal) ? text + ".0" : text;
    }
}
