using System.Globalization;
using System.Text;

namespace DiffusionBot.Engine.Prompts;

/// <summary>A piece of a prompt: text, or what is another text at another step.</summary>
internal abstract record PromptTree
{
    /// <summary>A prompt as a tree; null where it cannot be read: a bar outside of brackets, a backslash at the end.</summary>
    public static PromptTree? Parse(string prompt) => new PromptParser(prompt).Parse();

    /// <summary>Adds the steps after which it becomes another text.</summary>
    public abstract void AddEnds(PassLength length, int steps, ISet<int> ends);

    /// <summary>Its text at a step, from 1.</summary>
    public string TextAt(int step, PassLength length, int steps)
    {
        var text = new StringBuilder();
        Write(step, length, steps, text);
        return text.ToString();
    }

    private protected abstract void Write(int step, PassLength length, int steps, StringBuilder text);

    /// <summary>As it stands.</summary>
    public sealed record Plain(string Text) : PromptTree
    {
        public override void AddEnds(PassLength length, int steps, ISet<int> ends)
        {
        }

        private protected override void Write(int step, PassLength length, int steps, StringBuilder text) => text.Append(Text);
    }

    /// <summary>One behind another.</summary>
    public sealed record Sequence(IReadOnlyList<PromptTree> Parts) : PromptTree
    {
        public static Sequence Empty { get; } = new([]);

        public override void AddEnds(PassLength length, int steps, ISet<int> ends)
        {
            foreach (var part in Parts) part.AddEnds(length, steps, ends);
        }

        private protected override void Write(int step, PassLength length, int steps, StringBuilder text)
        {
            foreach (var part in Parts) part.Write(step, length, steps, text);
        }
    }

    /// <summary>`[from:to:when]`.</summary>
    /// <param name="Before">Until then.</param>
    /// <param name="After">After that.</param>
    /// <param name="When">As written: with a point a part of the pass, else a step.</param>
    public sealed record Edit(PromptTree Before, PromptTree After, string When) : PromptTree
    {
        public override void AddEnds(PassLength length, int steps, ISet<int> ends)
        {
            if (EndOf(length, steps) is >= 1 and var end) ends.Add(end);
            Before.AddEnds(length, steps, ends);
            After.AddEnds(length, steps, ends);
        }

        private protected override void Write(int step, PassLength length, int steps, StringBuilder text) =>
            (step <= EndOf(length, steps) ? Before : After).Write(step, length, steps, text);

        /// <summary>The last step of what was before. The second pass goes on where the first ended: 1.5 is half way through it, and a step counts from the first pass' beginning.</summary>
        private int EndOf(PassLength length, int steps)
        {
            var when = double.Parse(When, CultureInfo.InvariantCulture);
            if (length.CountsAsBefore) when = when < 1 ? when * length.Steps : when;
            else if (When.Contains('.', StringComparison.Ordinal)) when = (when - (length.HiresSteps is null ? 0 : 1)) * steps;
            else when -= length.HiresSteps is null ? 0 : length.Steps;
            return (int)Math.Min(steps, Math.Truncate(Math.Max(when, int.MinValue)));
        }
    }

    /// <summary>`[a|b|c]`: one each step, in turn.</summary>
    public sealed record Alternation(IReadOnlyList<PromptTree> Choices) : PromptTree
    {
        public override void AddEnds(PassLength length, int steps, ISet<int> ends)
        {
            for (var step = 1; step <= steps; step++) ends.Add(step);
            foreach (var choice in Choices) choice.AddEnds(length, steps, ends);
        }

        private protected override void Write(int step, PassLength length, int steps, StringBuilder text) => Choices[(step - 1) % Choices.Count].Write(step, length, steps, text);
    }
}
