using System.Text;

namespace DiffusionBot.Engine.Infotext;

/// <summary>
/// Reads what people type and paste: parameter text out of articles, with lines broken anywhere, colons and spaces lost,
/// Chinese labels and headings. A text as WebUI wrote it is read as WebUI reads it; any text is accepted, and what cannot be
/// understood as a parameter is the prompt.
/// </summary>
public static class LenientInfotextReader
{
    /// <summary>What the text says, parameters by WebUI's labels.</summary>
    public static InfotextValues Read(string text) => Read(text, []);

    /// <summary>Likewise.</summary>
    /// <param name="text">Any.</param>
    /// <param name="taken">Gets the pieces of the text that are in no prompt: labels with their values, headings. Nothing else is left out.</param>
    public static InfotextValues Read(string text, ICollection<string> taken)
    {
        var lines = Lines(text);
        var negative = PromptMarks.FindNegative(lines);
        if (IsWebUis(lines, negative))
        {
            foreach (var line in lines.Where(l => l.StartsWith(StrictInfotextReader.NegativeMark, StringComparison.Ordinal))) taken.Add(StrictInfotextReader.NegativeMark);
            taken.Add(lines[^1]);
            return StrictInfotextReader.Read(text);
        }

        var promptStart = PromptMarks.AfterHeading(lines[0]);
        taken.Add(lines[0][..promptStart]);
        if (negative is { } mark) taken.Add(lines[mark.Start.Line][mark.Start.Column..mark.TextStart.Column]);
        var end = new TextPlace(lines.Length, 0);
        var block = ParameterBlock.Find(lines, negative?.TextStart ?? new TextPlace(0, promptStart), negative is not null) ?? end;
        // Where the parameters were wrapped, so were the prompts: their line breaks are spaces.
        var glue = lines.Skip(block.Line + 1).Any(l => l.Length > 0) ? ' ' : '\n';

        var leftOver = new List<string>();
        var parameters = ParameterBlock.Parse(Between(lines, block, end, ' ', taken), leftOver, taken);
        var prompt = Between(lines, new TextPlace(0, promptStart), negative?.Start ?? block, glue, taken);
        var negativePrompt = negative is null ? "" : Between(lines, negative.Value.TextStart, block, glue, taken);
        if (leftOver.Count > 0) prompt = string.Join(", ", leftOver.Prepend(prompt).Where(p => p.Length > 0));
        return OldForms.Convert(new InfotextValues(prompt, negativePrompt, parameters));
    }

    /// <summary>Whether the text is read as WebUI reads it, to the letter, since WebUI wrote it.</summary>
    public static bool IsWebUis(string text)
    {
        var lines = Lines(text);
        return IsWebUiLine(lines[^1]) && IsWebUis(lines, PromptMarks.FindNegative(lines));
    }

    /// <summary>Where the last parameter of a line begins, by a label that is known and a value that can be its; -1: there is none.</summary>
    public static int LastParameter(string line)
    {
        for (var at = line.Length - 1; at >= 0; at--)
        {
            if (ParameterLabels.At(line, at) is not null) return at;
        }
        return -1;
    }

    private static string[] Lines(string text) => [.. text.Trim().Split('\n').Select(line => line.Trim())];

    /// <remarks>What looks like a mark of the negative prompt within the parameters is a value's: quotes may hold anything.</remarks>
    private static bool IsWebUis(string[] lines, NegativeMark? negative) => PromptMarks.AfterHeading(lines[0]) == 0 && IsWebUiLine(lines[^1])
        && (negative is null || negative.Value.Start.Line == lines.Length - 1 || Array.Exists(lines, l => l.StartsWith(StrictInfotextReader.NegativeMark, StringComparison.Ordinal)));

    /// <summary>Whether WebUI wrote a parameter line: its first labels in its spelling, every value quoted that has to be.</summary>
    private static bool IsWebUiLine(string line)
    {
        if (!line.StartsWith("Steps: ", StringComparison.Ordinal)) return false;
        var pairs = StrictInfotextReader.Pairs(line);
        // WebUI's pattern passes over words between the pairs; whoever wrote those was not WebUI. Quotes may hold anything, and a flag is a bare word.
        var hasWords = !line.Contains('"', StringComparison.Ordinal)
            && line.Split(',', StringSplitOptions.TrimEntries).Any(piece => piece.Length > 0 && !piece.Contains(':', StringComparison.Ordinal) && !char.IsAsciiLetterUpper(piece[0]));
        if (hasWords) return false;
        return Array.TrueForAll(["Steps", "Sampler", "CFG scale", "Seed"], label => pairs.Exists(p => p.Key == label))
            && pairs.TrueForAll(p => ParameterLabels.Corrected(p.Key) is null && (p.Value.StartsWith('"') || !p.Value.Contains(':', StringComparison.Ordinal)));
    }

    /// <summary>The lines from one place to another; a piece of a line that goes on after it loses its last comma.</summary>
    private static string Between(string[] lines, TextPlace from, TextPlace to, char glue, ICollection<string> taken)
    {
        var text = new StringBuilder();
        for (var i = from.Line; i < lines.Length && (i < to.Line || (i == to.Line && to.Column > 0)); i++)
        {
            var start = i == from.Line ? from.Column : PromptMarks.AfterNegative(lines[i]);
            if (i > from.Line) taken.Add(lines[i][..start]);
            var piece = (i == to.Line ? lines[i][start..Math.Max(start, to.Column)].TrimEnd([' ', '\t', .. ParameterLabels.Separators]) : lines[i][start..]).Trim();
            if (text.Length > 0 && (piece.Length > 0 || glue == '\n')) text.Append(glue);
            text.Append(piece);
        }
        return text.ToString().Trim();
    }
}
