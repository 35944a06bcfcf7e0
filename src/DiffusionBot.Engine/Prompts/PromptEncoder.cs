using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Prompts;

/// <summary>Prompts with all their edits, alternations and ANDs to what guides a drawing; each text of a prompt goes through the encoder once.</summary>
/// <param name="text">The text encoder.</param>
/// <param name="clipSkip">1 or more.</param>
/// <param name="emphasis">What weights do.</param>
/// <param name="clock">Adds up the time of native runs.</param>
/// <param name="cancel">Stops within a run.</param>
internal sealed class PromptEncoder(TextConditioner text, int clipSkip, EmphasisMode emphasis, NativeClock clock, CancellationToken cancel)
{
    private readonly Dictionary<(string Prompt, PassLength Length, bool IsNegative), ConditioningSchedule> known = [];

    /// <summary>The picture's pixels, for models that are told them.</summary>
    public required (int Width, int Height) Size { get; init; }

    /// <summary>Words that stand for vectors; null: none.</summary>
    public EmbeddingLibrary? Embeddings { get; init; }

    /// <summary>Whether a negative prompt of another length is cut or lengthened, as WebUI once did.</summary>
    public bool PadsNegative { get; init; }

    /// <summary>Whether the shorter of prompt and negative prompt is filled up with empty chunks.</summary>
    public bool PadConds { get; init; }

    /// <summary>What both prompts say.</summary>
    /// <param name="prompt">May have AND.</param>
    /// <param name="negative">Null: it has no say, unless several prompts need something to differ from.</param>
    /// <param name="length">What edits' times are relative to.</param>
    public Guides Encode(string prompt, string? negative, PassLength length)
    {
        var prompts = PromptComposition.Split(prompt).Select(part => new Guide((float)part.Weight, ScheduleOf(part.Text, length, isNegative: false))).ToList();
        var guides = new Guides(prompts, null);
        if (negative is null && guides.IsPlain) return guides;
        guides = guides with { Negative = ScheduleOf(negative ?? "", length, isNegative: true) };
        return PadsNegative ? guides.WithNegativeAsLong() : PadConds ? guides.FilledUp(text.Encode("", clipSkip, emphasis, clock, cancel)) : guides;
    }

    private ConditioningSchedule ScheduleOf(string prompt, PassLength length, bool isNegative)
    {
        if (known.TryGetValue((prompt, length, isNegative), out var schedule)) return schedule;
        var entries = PromptSchedule.Of(prompt, length);
        var texts = entries.CountBy(entry => entry.Text, StringComparer.Ordinal).Select(text => (text.Key, text.Value)).ToList();
        var isEmpty = texts.TrueForAll(text => text.Key.Length == 0);
        var said = text.Encode(texts, clipSkip, emphasis, clock, cancel, Embeddings).Select(c => text.ForPicture(c, Size.Width, Size.Height, isNegative, isEmpty)).ToList();
        return known[(prompt, length, isNegative)] = new([.. entries.Select(entry => (entry.Until, said[texts.FindIndex(text => text.Key == entry.Text)]))]);
    }
}
