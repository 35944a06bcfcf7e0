namespace DiffusionBot.Engine.Prompts;

/// <summary>What a prompt says in the end, for who must know before it is drawn.</summary>
public static class PromptTexts
{
    /// <summary>As many steps as there can be: an edit by a step, or by a part of the pass, has come by then.</summary>
    private const int MostSteps = 150;

    /// <summary>Each text that the encoder may get of it, once: edits and alternations resolved, emphasis as written. At most 150 of each prompt between ANDs; the prompt itself where nothing changes.</summary>
    public static IReadOnlyList<string> Of(string prompt) =>
        !prompt.Contains('[', StringComparison.Ordinal) ? [prompt]
        : [.. PromptComposition.Split(prompt).SelectMany(part => PromptSchedule.Of(part.Text, new PassLength(MostSteps))).Select(entry => entry.Text).Distinct(StringComparer.Ordinal)];
}
