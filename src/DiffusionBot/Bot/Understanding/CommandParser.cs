using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Bot.Understanding;

/// <summary>Reads what people write to the bot. Any text is accepted.</summary>
internal static class CommandParser
{
    /// <summary>A message with its verb.</summary>
    public static ParsedMessage Parse(string text)
    {
        var message = text.Trim();
        if (Verbs.Find(message) is not var (verb, rest)) return new ParsedMessage(null, message, ParseDrawing(message));
        return new ParsedMessage(verb, rest, verb switch
        {
            Verb.Draw or Verb.Preset => ParseDrawing(rest),
            Verb.Settings => OfSettings(rest),
            _ => ParseDrawing(Verbs.BehindObjects(rest)),
        });
    }

    /// <summary>A text that is known to be something to draw: no verb is looked for.</summary>
    /// <param name="text">Any.</param>
    /// <param name="taken">Gets the pieces of the text that are in no prompt: flags, parameters, headings. Nothing else is left out.</param>
    public static DrawingWords ParseDrawing(string text, List<string>? taken = null)
    {
        taken ??= [];
        var end = WebUiTextEnd(text);
        // What WebUI wrote says exactly what it says: two dashes in its prompt are part of the prompt.
        var scan = end == 0 ? FlagScan.Of(text) : FlagScan.Of(text[end..]);
        var recipe = LenientInfotextReader.Read(end == 0 ? scan.Words : text[..end], taken);
        taken.AddRange([.. scan.Taken, .. scan.Told]);
        return new DrawingWords(recipe, scan.Flags, scan.Flags.AsIs, scan.Warnings);
    }

    private static DrawingWords OfSettings(string rest)
    {
        var settings = SettingsWords.Parse(rest);
        return new DrawingWords(new InfotextValues("", ""), settings.Flags, settings.Flags.AsIs, settings.Problems);
    }

    /// <summary>Where a text ends that WebUI wrote and behind which there is nothing but flags; 0: it is another text.</summary>
    private static int WebUiTextEnd(string text)
    {
        // Upwards over flags to the line of parameters.
        var end = text.Length;
        while (end > 0)
        {
            var start = text.LastIndexOf('\n', end - 1) + 1;
            var line = text[start..end];
            var trimmed = line.AsSpan().Trim();
            if (trimmed.StartsWith(FirstLabel, StringComparison.Ordinal)) return EndOfParameters(text, start, end);
            if (trimmed.Length > 0 && FlagMarks.Of(line.Trim()) is not [{ Start: 0 }, ..]) return 0;
            end = Math.Max(0, start - 1);
        }
        return 0;
    }

    private const string FirstLabel = "Steps: ";

    private static int EndOfParameters(string text, int start, int lineEnd)
    {
        var line = text[start..lineEnd];
        // Dashes before another parameter are part of a value.
        var last = LenientInfotextReader.LastParameter(line);
        if (FlagMarks.Of(line).Find(mark => mark.Start > last) is { Start: > 0 } first)
        {
            var end = start + first.Start;
            if (LenientInfotextReader.IsWebUis(text[..end]) && FlagScan.Of(text[end..]).Words.Trim().Length == 0) return end;
        }
        return LenientInfotextReader.IsWebUis(text[..lineEnd]) && FlagScan.Of(text[lineEnd..]).Words.Trim().Length == 0 ? lineEnd : 0;
    }
}
