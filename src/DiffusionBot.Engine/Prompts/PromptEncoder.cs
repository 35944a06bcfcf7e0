using DiffusionBot.Engine.Networks;
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
    private readonly Dictionary<(string Words, bool IsNegative, bool IsEmpty), Conditioning> told = [];

    /// <summary>The picture's pixels, for models that are told them.</summary>
    public required (int Width, int Height) Size { get; init; }

    /// <summary>Words that stand for vectors; null: none.</summary>
    public EmbeddingLibrary? Embeddings { get; init; }

    /// <summary>What both prompts say.</summary>
    /// <param name="prompt">May have AND.</param>
    /// <param name="negative">Null: it has no say, unless several prompts need something to differ from.</param>
    /// <param name="length">What edits' times are relative to.</param>
    public Guides Encode(string prompt, string? negative, PassLength length)
    {
        var prompts = PromptComposition.Split(prompt).Select(part => new Guide((float)part.Weight, ScheduleOf(part.Text, length, isNegative: false))).ToList();
        var guides = new Guides(prompts, null);
        return negative is null && guides.IsPlain ? guides : guides with { Negative = ScheduleOf(negative ?? "", length, isNegative: true) };
    }

    private ConditioningSchedule ScheduleOf(string prompt, PassLength length, bool isNegative)
    {
        var texts = PromptSchedule.Of(prompt, length);
        var isEmpty = texts.All(entry => entry.Text.Length == 0);
        return new([.. texts.Select(entry => (entry.Until, Of(entry.Text, isNegative, isEmpty)))]);
    }

    private Conditioning Of(string words, bool isNegative, bool isEmpty)
    {
        if (told.TryGetValue((words, isNegative, isEmpty), out var conditioning)) return conditioning;
        if (!known.TryGetValue(words, out var said)) known[words] = said = text.Encode(words, clipSkip, emphasis, clock, cancel, Embeddings);
        return told[(words, isNegative, isEmpty)] = text.ForPicture(said, Size.Width, Size.Height, isNegative, isEmpty);
    }
}
