using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine;

/// <summary>What a sampler's and a schedule's name come to; for those that are not there, what draws most like them.</summary>
/// <param name="Sampler">By WebUI's name, without a schedule.</param>
/// <param name="Schedule">By WebUI's name; Automatic where the sampler's own is meant.</param>
/// <param name="KnowsSampler">Whether it is the sampler that was named.</param>
/// <param name="KnowsSchedule">Whether it is the schedule that was named.</param>
public sealed record SamplerMatch(string Sampler, string Schedule, bool KnowsSampler, bool KnowsSchedule)
{
    private const string WayOut = "Euler a";

    /// <summary>How many letters may be wrong for a name to be a misspelling.</summary>
    private const int MostWrong = 2;

    /// <summary>Parts of names of other programs' samplers, letters and digits alone, and what draws most like the samplers that have them. The first counts.</summary>
    private static readonly (string Part, string Sampler)[] kin =
    [
        ("ddpm", "Euler a"), ("ipndm", "LMS"), ("deis", "DPM++ 2M"), ("resmultistep", "DPM++ 2M"), ("dpm++2sa", "DPM++ 2S a"), ("dpmpp2sa", "DPM++ 2S a"),
        ("dpmpp3msde", "DPM++ 3M SDE"), ("dpm++4m", "DPM++ 3M SDE"), ("dpmpp2msde", "DPM++ 2M SDE"), ("dpmppsde", "DPM++ SDE"), ("unipc", "UniPC"), ("heun", "Heun"),
        ("lcm", "LCM"), ("plms", "PLMS"), ("restart", "Restart"),
    ];

    /// <summary>The same for what is no misspelling either.</summary>
    private static readonly (string Part, string Sampler)[] distant =
    [
        ("sde", "DPM++ 2M SDE"), ("dpm2a", "DPM2 a"), ("dpm", "DPM++ 2M"), ("eulera", "Euler a"), ("euler", "Euler"), ("ddim", "DDIM"), ("lms", "LMS"),
    ];

    private static readonly (string Name, string Schedule)[] schedules =
    [
        ("Align Your Steps GITS", "Align Your Steps"), ("Align Your Steps 11", "Align Your Steps"), ("Align Your Steps 32", "Align Your Steps"), ("AYS 32", "Align Your Steps"),
        ("Karras Dynamic", "Karras"), ("Karras Exponential", "Karras"), ("Linear Quadratic", "Simple"), ("Turbo", "Automatic"),
    ];

    internal static SamplerMatch Of(string sampler, string schedule)
    {
        if (Names.Find(SamplerTable.All, sampler) is { } row) return With(row, schedule);
        // Karras Exponential is not Exponential, so what is not there is looked for first.
        foreach (var (name, like) in schedules)
        {
            if (Names.EndsWith(sampler, name) is { } rest) return With(rest, like) with { KnowsSchedule = false };
        }
        if (Names.FindSuffix(SigmaSchedules.All, sampler) is not var (before, suffix)) return With(sampler, schedule);
        // A schedule in the name goes before another one; that has to be one all the same.
        return With(before, suffix.Name) with { KnowsSchedule = Schedules(schedule).Known };
    }

    private static SamplerMatch With(Sampler known, string schedule) => With(known.Name, schedule);

    private static SamplerMatch With(string sampler, string schedule)
    {
        var known = Names.Find(SamplerTable.All, sampler);
        var (name, knowsSchedule) = Schedules(schedule);
        return new SamplerMatch(known?.Name ?? Like(sampler), name, known is not null, knowsSchedule);
    }

    private static string Like(string sampler)
    {
        var plain = Names.Plain(sampler);
        if (Among(kin) is { } like) return like;
        var nearest = Names.Nearest(SamplerTable.All, sampler);
        return nearest.Distance <= MostWrong ? nearest.Row.Name : Among(distant) ?? WayOut;

        string? Among((string Part, string Sampler)[] rows) => Array.Find(rows, row => plain.Contains(row.Part, StringComparison.Ordinal)).Sampler;
    }

    private static (string Schedule, bool Known) Schedules(string schedule)
    {
        if (Names.Find(SigmaSchedules.All, schedule) is { } known) return (known.Name, true);
        var nearest = Names.Nearest(SigmaSchedules.All, schedule);
        if (nearest.Distance <= MostWrong) return (nearest.Row.Name, false);
        return (Array.Find(schedules, s => Names.Plain(s.Name) == Names.Plain(schedule)).Schedule ?? SigmaSchedules.Automatic.Name, false);
    }
}
