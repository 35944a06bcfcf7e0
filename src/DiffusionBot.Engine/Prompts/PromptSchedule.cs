namespace DiffusionBot.Engine.Prompts;

/// <summary>A text that holds until a step.</summary>
/// <param name="Until">The last step, from 1, that it holds for.</param>
/// <param name="Text">With WebUI's emphasis; edits and alternations are resolved.</param>
internal readonly record struct ScheduledText(int Until, string Text);

/// <summary>How long a pass is, which is what edits' times are relative to.</summary>
/// <param name="Steps">Of the first pass, 1 or more; of samplers that look twice a step, twice as many.</param>
internal readonly record struct PassLength(int Steps)
{
    /// <summary>Steps of the second pass (hires fix), where it is that; null: it is the first.</summary>
    public int? HiresSteps { get; init; }

    /// <summary>Whether times count as they did before WebUI 1.6: 0.5 is half of any pass, 1.0 the first step, and the second pass begins anew.</summary>
    public bool CountsAsBefore { get; init; }
}

/// <summary>WebUI's prompt editing: `[from:to:when]`, `[to:when]`, `[from::when]`, `[a|b]`.</summary>
internal static class PromptSchedule
{
    /// <summary>Each text with the step it holds until, in order; the last until the end. A prompt that cannot be read is taken as it stands.</summary>
    public static IReadOnlyList<ScheduledText> Of(string prompt, PassLength length)
    {
        var steps = length is { HiresSteps: { } hires, CountsAsBefore: false } ? hires : length.Steps;
        if (PromptTree.Parse(prompt) is not { } tree) return [new ScheduledText(steps, prompt)];
        var ends = new SortedSet<int> { steps };
        tree.AddEnds(length, steps, ends);
        return [.. ends.Select(end => new ScheduledText(end, tree.TextAt(end, length, steps)))];
    }
}
