using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace DiffusionBot.Engine.Prompts;

/// <summary>
/// CLIP's byte-pair encoding (Radford et al. 2021, openai/CLIP simple_tokenizer), with the text cleaned as the
/// transformers library cleans it. Vocabulary: 256 byte characters, the same at the end of a word, one entry a merge,
/// and two marks. Safe for use by several threads.
/// </summary>
internal sealed class ClipTokenizer
{
    /// <summary>&lt;|startoftext|&gt;, before every chunk.</summary>
    public const int StartToken = 49406;

    /// <summary>&lt;|endoftext|&gt;, after every chunk; also what SD 1.x pads with.</summary>
    public const int EndToken = 49407;

    /// <summary>A comma that ends a word: where a full chunk may be broken.</summary>
    public const int CommaToken = 267;

    private const string StartMark = "<|startoftext|>";
    private const string EndMark = "<|endoftext|>";

    /// <summary>Words are few and come again; past this many, a hostile text is at work and nothing more is kept.</summary>
    private const int MaxCachedWords = 20_000;

    private const int MaxCachedWordLength = 64;

    private static readonly Lazy<ClipTokenizer> shared = new(() => new ClipTokenizer(ClipMerges.FromResource()));
    private static readonly string[] suffixes = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private readonly ClipMerges merges;
    private readonly ConcurrentDictionary<string, int[]> words = new(StringComparer.Ordinal);

    private ClipTokenizer(ClipMerges merges) => this.merges = merges;

    /// <summary>The one tokenizer; its merges are read at the first use.</summary>
    public static ClipTokenizer Shared => shared.Value;

    /// <summary>The tokens of a text, without start and end, however many they are.</summary>
    public IReadOnlyList<int> Encode(string text)
    {
        var tokens = new List<int>();
        // The marks are cut out of the raw text first, as transformers does: cleaning sees only what lies between them.
        for (var at = 0; at < text.Length;)
        {
            var (mark, length) = NextMark(text, at);
            EncodeWords(TextCleaner.Clean(text[at..mark]), tokens);
            if (length > 0) tokens.Add(length == StartMark.Length ? StartToken : EndToken);
            at = mark + length;
        }
        return tokens;
    }

    private static (int At, int Length) NextMark(string text, int from)
    {
        for (var at = from; (at = text.IndexOf("<|", at, StringComparison.Ordinal)) >= 0; at += 2)
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith(StartMark, StringComparison.Ordinal)) return (at, StartMark.Length);
            if (rest.StartsWith(EndMark, StringComparison.Ordinal)) return (at, EndMark.Length);
        }
        return (text.Length, 0);
    }

    private void EncodeWords(string clean, List<int> tokens)
    {
        for (var at = 0; at < clean.Length;)
        {
            if (clean[at] == ' ')
            {
                at++;
                continue;
            }
            var rest = clean.AsSpan(at);
            var length = WordLength(rest);
            var word = rest[..length];
            if (word.SequenceEqual(StartMark)) tokens.Add(StartToken);
            else if (word.SequenceEqual(EndMark)) tokens.Add(EndToken);
            else tokens.AddRange(EncodeWord(word));
            at += length;
        }
    }

    /// <summary>CLIP's pattern: the two marks, 's 't 're 've 'm 'll 'd, letters, one digit, or a run of anything else.</summary>
    private static int WordLength(ReadOnlySpan<char> text)
    {
        if (text.StartsWith(StartMark, StringComparison.Ordinal)) return StartMark.Length;
        if (text.StartsWith(EndMark, StringComparison.Ordinal)) return EndMark.Length;
        foreach (var suffix in suffixes)
        {
            if (text.StartsWith(suffix, StringComparison.Ordinal)) return suffix.Length;
        }
        var kind = KindOf(text, out var length);
        if (kind == Kind.Number) return length;
        while (length < text.Length && text[length] != ' ' && KindOf(text[length..], out var next) == kind) length += next;
        return length;
    }

    private enum Kind { Letter, Number, Other }

    private static Kind KindOf(ReadOnlySpan<char> text, out int length)
    {
        // A lone surrogate decodes as U+FFFD, which is what its UTF-8 will be too.
        _ = Rune.DecodeFromUtf16(text, out var rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }

    private int[] EncodeWord(ReadOnlySpan<char> word)
    {
        if (word.Length > MaxCachedWordLength) return merges.Apply(word);
        if (words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var known)) return known;
        var tokens = merges.Apply(word);
        if (words.Count < MaxCachedWords) words[word.ToString()] = tokens;
        return tokens;
    }
}
