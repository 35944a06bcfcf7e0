using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Prompts;

/// <summary>Prompts with all their edits, alternations and ANDs to what guides a drawing; each text goes through the encoder once.</summary>
/// <param name="text">The text encoder.</param>
/// <param name="clipSkip">1 or more.</param>
/// <param name="emphasis">What weights do.</param>
/// <param name="clock">Adds up the time of native runs.</param>
/// <param name="cancel">Stops within a run.</param>
internal sealed class PromptEncoder(TextConditioner text, int clipSkip, EmphasisMode emphasis, NativeClock clock, CancellationToken cancel)
{
    private readonly Dictionary<string, Conditioning> known = new(StringComparer.Ordinal);

    /// <summary>What both prompts say.</summary>
    /// <param name="prompt">May have AND.</param>
    /// <param name="negative">Null: it has no say, unless several prompts need something to differ from.</param>
    /// <param name="length">What edits' times are relative to.</param>
    public Guides Encode(string prompt, string? negative, PassLength length)
    {
        var prompts = PromptComposition.Split(prompt).Select(part => new Guide((float)part.Weight, ScheduleOf(part.Text, length))).ToList();
        var guides = new Guides(prompts, null);
        return negative is null && guides.IsPlain ? guides : guides with { Negative = ScheduleOf(negative ?? "", length) };
    }

    private ConditioningSchedule ScheduleOf(string prompt, PassLength length) => new([.. PromptSchedule.Of(prompt, length).Select(entry => (entry.Until, Of(entry.Text)))]);

    private Conditioning Of(string words)
    {
        if (!known.TryGetValue(words, out var conditioning)) known[words] = conditioning = text.Encode(words, clipSkip, emphasis, clock, cancel);
        return conditioning;
    }
}
