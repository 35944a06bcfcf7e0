using System.Globalization;

namespace DiffusionBot.Engine.Networks;

/// <summary>What stands in a prompt between angle brackets: `&lt;lora:name:0.8&gt;`.</summary>
/// <param name="Kind">What stands before the first colon.</param>
/// <param name="Positional">Arguments without a name, the network's name first.</param>
/// <param name="Named">Arguments like `te=0.5`.</param>
internal sealed record NetworkTag(string Kind, IReadOnlyList<string> Positional, IReadOnlyDictionary<string, string> Named)
{
    /// <summary>More are of no use, and each may be a file of gigabytes.</summary>
    public const int Most = 64;

    /// <summary>The network's name; empty where it has none.</summary>
    public string Name => Positional.Count > 0 ? Positional[0] : "";

    /// <summary>
    /// A prompt without its tags, and the tags. Everything that looks like one goes, of whatever kind, as WebUI has it.
    /// </summary>
    public static (string Prompt, IReadOnlyList<NetworkTag> Tags) Split(string prompt)
    {
        if (!prompt.Contains('<', StringComparison.Ordinal)) return (prompt, []);
        var (tags, rest) = (new List<NetworkTag>(), new System.Text.StringBuilder());
        var from = 0;
        for (var at = prompt.IndexOf('<', StringComparison.Ordinal); at >= 0; at = prompt.IndexOf('<', at))
        {
            var colon = at + 1;
            while (colon < prompt.Length && (char.IsLetterOrDigit(prompt[colon]) || prompt[colon] == '_')) colon++;
            if (colon == at + 1 || colon >= prompt.Length || prompt[colon] != ':')
            {
                at++;
                continue;
            }
            var end = prompt.IndexOf('>', colon);
            if (end < 0) break;
            if (end == colon + 1)
            {
                at++;
                continue;
            }
            tags.Add(Of(prompt[(at + 1)..colon], prompt[(colon + 1)..end]));
            rest.Append(prompt, from, at - from);
            from = at = end + 1;
        }
        return (rest.Append(prompt, from, prompt.Length - from).ToString(), tags);
    }

    /// <summary>A number by its name, else by its place.</summary>
    /// <param name="name">Null: it has none.</param>
    /// <param name="place">From 1: behind the network's name.</param>
    /// <param name="number">What it says; the default where it is not there.</param>
    /// <returns>Whether it is a number, or not there.</returns>
    public bool TryNumber(string? name, int place, ref double number)
    {
        var text = name is not null && Named.TryGetValue(name, out var named) ? named : place < Positional.Count ? Positional[place] : null;
        return text is null || (double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number) && Math.Abs(number) <= 1000);
    }

    private static NetworkTag Of(string kind, string arguments)
    {
        var (positional, named) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var item in arguments.Split(':'))
        {
            if (item.Split('=') is [var name, var value]) named[name] = value;
            else positional.Add(item);
        }
        return new NetworkTag(kind, positional, named);
    }
}
