namespace DiffusionBot.Engine.Sampling;

/// <summary>A row that people ask for by name.</summary>
internal interface INamed
{
    string Name { get; }

    string[] Aliases { get; }
}

/// <summary>Finds rows by what people type: neither case nor spaces nor dashes matter.</summary>
internal static class Names
{
    private const int Longest = 60;   // of what is compared and quoted; a name from a chat may be a novel

    public static T? Find<T>(IReadOnlyList<T> rows, string name) where T : class, INamed
    {
        var asked = Plain(name);
        return rows.FirstOrDefault(row => SpellingsOf(row).Contains(asked, StringComparer.Ordinal));
    }

    /// <summary>The row that a name ends in, the one with the longest spelling, and what stands before it; null where there is none or nothing before it.</summary>
    public static (string Before, T Row)? FindSuffix<T>(IReadOnlyList<T> rows, string name) where T : class, INamed
    {
        var asked = Plain(name);
        (string, T)? found = null;
        var longest = 0;
        foreach (var row in rows)
        {
            foreach (var spelling in SpellingsOf(row))
            {
                if (asked.Length <= spelling.Length || spelling.Length <= longest || !asked.EndsWith(spelling, StringComparison.Ordinal)) continue;
                found = (asked[..^spelling.Length], row);
                longest = spelling.Length;
            }
        }
        return found;
    }

    /// <summary>The row whose spelling is nearest to a name, and how many letters are between them.</summary>
    public static (T Row, int Distance) Nearest<T>(IReadOnlyList<T> rows, string name) where T : INamed
    {
        var asked = Plain(name);
        return rows.Select(row => (Row: row, Distance: SpellingsOf(row).Min(spelling => Spelling.Distance(asked, spelling)))).MinBy(pair => pair.Distance);
    }

    /// <summary>What stands before another name at the end of a name; null where that is not its end or all of it.</summary>
    public static string? EndsWith(string name, string end)
    {
        var (asked, suffix) = (Plain(name), Plain(end));
        return asked.Length > suffix.Length && asked.EndsWith(suffix, StringComparison.Ordinal) ? asked[..^suffix.Length] : null;
    }

    /// <summary>What to answer where a name is of no row: what was asked, the nearest that there is, and all that there are.</summary>
    public static InvalidRequestException Unknown<T>(LocalText kind, string name, string compared, IReadOnlyList<T> rows) where T : INamed
    {
        var nearest = Nearest(rows, compared).Row;
        var quoted = name.Length <= Longest ? name : $"{name[..Longest]}…";
        return new InvalidRequestException(new(
            $"No {kind.English} is called '{quoted}'; the nearest is '{nearest.Name}'. Known: {string.Join(", ", rows.Select(row => row.Name))}.",
            $"没有名为“{quoted}”的{kind.Chinese}，最接近的是“{nearest.Name}”。可用的有：{string.Join("、", rows.Select(row => row.Name))}。"));
    }

    private static IEnumerable<string> SpellingsOf(INamed row) => row.Aliases.Prepend(row.Name).Select(Plain);

    /// <summary>Its letters, digits and plus signs, in lower case.</summary>
    public static string Plain(string name) => string.Concat(name.Where(c => char.IsLetterOrDigit(c) || c == '+').Select(char.ToLowerInvariant).Take(Longest));
}
