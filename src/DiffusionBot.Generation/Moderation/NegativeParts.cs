namespace DiffusionBot.Generation.Moderation;

/// <summary>A prompt's parts between commas; what stands in brackets is one part.</summary>
internal static class NegativeParts
{
    public static IEnumerable<string> Of(string prompt)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= prompt.Length; i++)
        {
            var c = i < prompt.Length ? prompt[i] : ',';
            if (c is '(' or '[' or '<') depth++;
            else if (c is ')' or ']' or '>') depth = Math.Max(0, depth - 1);
            if (i < prompt.Length && (depth > 0 || c is not (',' or '，'))) continue;
            if (prompt[start..i].Trim() is { Length: > 0 } part) yield return part;
            start = i + 1;
        }
    }

    /// <summary>The prompt with the parts that it does not have yet.</summary>
    public static string Add(string prompt, IEnumerable<string> parts)
    {
        var there = Of(prompt).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = parts.Where(there.Add).ToList();
        if (missing.Count == 0) return prompt;
        var before = prompt.TrimEnd([' ', '\t', '\r', '\n', ',', '，']);
        return before.Length == 0 ? string.Join(", ", missing) : $"{before}, {string.Join(", ", missing)}";
    }
}
