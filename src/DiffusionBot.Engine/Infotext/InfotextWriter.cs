using System.Reflection;
using System.Text;

namespace DiffusionBot.Engine.Infotext;

/// <summary>Writes a parameter text in WebUI 1.10's form: the prompt, the negative prompt if there is one, one line of parameters.</summary>
public static class InfotextWriter
{
    /// <summary>What stands behind "Version:".</summary>
    public static string Version { get; } = "DiffusionBot-" + (typeof(InfotextWriter).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0");

    /// <summary>The text of one drawn picture: reading it and drawing it gives the same picture.</summary>
    public static string Write(ImageRequest request, DrawingFacts facts) => Write(InfotextMapping.ToValues(request, facts));

    /// <summary>The text of a request that is not drawn yet, for showing what was understood.</summary>
    public static string Write(ImageRequest request) => Write(InfotextMapping.ToValues(request));

    /// <summary>The text of these values, parameters in their order.</summary>
    public static string Write(InfotextValues values)
    {
        var text = new StringBuilder(values.Prompt);
        if (values.NegativePrompt.Length > 0) text.Append('\n').Append(StrictInfotextReader.NegativeMark).Append(' ').Append(values.NegativePrompt);
        text.Append('\n');
        // WebUI writes a flag that is its own value ("Foo: Foo") as the bare word.
        text.AppendJoin(", ", values.Parameters.Select(p => p.Key == p.Value ? p.Key : $"{p.Key}: {InfotextQuoting.Quote(p.Value)}"));
        return text.ToString().Trim();
    }
}
