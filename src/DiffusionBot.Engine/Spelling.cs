namespace DiffusionBot.Engine;

/// <summary>How far what people type is from what there is.</summary>
public static class Spelling
{
    private const int Longest = 100;

    /// <summary>
    /// Levenshtein's distance: how many letters must be added, dropped or replaced. Case is left aside, and only the beginnings of overlong words
    /// count: a name from a chat may be a novel.
    /// </summary>
    public static int Distance(string a, string b)
    {
        var (x, y) = (Beginning(a), Beginning(b));
        var row = Enumerable.Range(0, y.Length + 1).ToArray();
        for (var i = 1; i <= x.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= y.Length; j++)
            {
                var replaced = diagonal + (x[i - 1] == y[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[y.Length];
    }

    private static string Beginning(string text) => text[..Math.Min(text.Length, Longest)].ToLowerInvariant();
}
