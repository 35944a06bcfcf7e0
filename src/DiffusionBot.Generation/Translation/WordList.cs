namespace DiffusionBot.Generation.Translation;

/// <summary>What part a word plays in its phrase: the third column of words.tsv.</summary>
internal enum WordRole
{
    /// <summary>No third column: nouns, and all that simply stays where it is.</summary>
    Noun,

    /// <summary>a: stands before a noun.</summary>
    Adjective,

    /// <summary>v: in the form "wearing"; what it belongs to stands before it in English.</summary>
    Verb,

    /// <summary>q: one of something, or this.</summary>
    One,

    /// <summary>s: several of something.</summary>
    Several,

    /// <summary>m: counts (只, 个, 朵) and falls away behind a number; its English is what it means by itself.</summary>
    Measure,

    /// <summary>c: counts and holds (杯, 碗, 束): "two cups of".</summary>
    Container,

    /// <summary>l: behind its noun in Chinese, before it in English (桌子上: on table).</summary>
    Place,

    /// <summary>p: 在, which opens a place.</summary>
    At,

    /// <summary>d: 的.</summary>
    Of,

    /// <summary>j: 和.</summary>
    And,
}

/// <summary>A Chinese word in English.</summary>
/// <param name="English">May be empty: a word that English does without.</param>
/// <param name="Role">Its part.</param>
internal sealed record Word(string English, WordRole Role);

/// <summary>The word list that ships with the program: words.tsv, and the names of emoji behind it.</summary>
internal sealed class WordList
{
    private static readonly Lazy<WordList> shipped = new(() => new WordList(Resource("words.tsv").Concat(Resource("emoji.tsv"))));

    private readonly Dictionary<string, Word> words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Word>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly int longest;

    /// <param name="lines">Chinese, tab, English, and perhaps tab and a letter for the role. Of a word that comes twice the first holds.</param>
    internal WordList(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var columns = line.Split('\t');
            var chinese = TraditionalChinese.Simplify(columns[0]);
            words.TryAdd(chinese, new Word(columns[1], columns.Length > 2 ? Role(columns[2]) : WordRole.Noun));
            longest = Math.Max(longest, chinese.Length);
        }
        lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static WordList Shipped => shipped.Value;

    public int Count => words.Count;

    /// <summary>
    /// Cuts a text of Chinese characters into words: with as few characters unknown as can be, then with as few words, the longest first.
    /// An unknown piece is a word of its own, with no meaning.
    /// </summary>
    public IReadOnlyList<(string Chinese, Word? Word)> Cut(string text)
    {
        const int unknown = 1_000_000;
        var (cost, length) = (new long[text.Length + 1], new int[text.Length + 1]);
        for (var at = text.Length - 1; at >= 0; at--)
        {
            (cost[at], length[at]) = (cost[at + 1] + unknown, 0);
            for (var n = Math.Min(longest, text.Length - at); n > 0; n--)
            {
                if (cost[at + n] + 1 < cost[at] && lookup.ContainsKey(text.AsSpan(at, n))) (cost[at], length[at]) = (cost[at + n] + 1, n);
            }
        }
        var pieces = new List<(string, Word?)>();
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            if (length[at] > 0) end += length[at];
            else while (end < text.Length && length[end] == 0) end++;
            pieces.Add((text[at..end], length[at] > 0 ? words[text[at..end]] : null));
            at = end;
        }
        return pieces;
    }

    private static WordRole Role(string letter) => letter switch
    {
        "a" => WordRole.Adjective,
        "v" => WordRole.Verb,
        "q" => WordRole.One,
        "s" => WordRole.Several,
        "m" => WordRole.Measure,
        "c" => WordRole.Container,
        "l" => WordRole.Place,
        "p" => WordRole.At,
        "d" => WordRole.Of,
        "j" => WordRole.And,
        _ => WordRole.Noun,
    };

    private static IEnumerable<string> Resource(string name)
    {
        using var reader = new StreamReader(typeof(WordList).Assembly.GetManifestResourceStream(name)!);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
