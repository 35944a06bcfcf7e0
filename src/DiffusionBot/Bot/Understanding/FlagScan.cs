using System.Text;
using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>A text taken apart into flags and all else.</summary>
/// <param name="Words">The text without its flags; untouched where there are none.</param>
/// <param name="Flags">The flags.</param>
/// <param name="Warnings">What was not understood.</param>
/// <param name="Taken">The pieces of the text that are not in <paramref name="Words"/> because they were understood as flags.</param>
/// <param name="Told">Those that are not in it and were not understood: <paramref name="Warnings"/> name them.</param>
internal sealed record FlagScan(string Words, FlagSet Flags, IReadOnlyList<LocalText> Warnings, IReadOnlyList<string> Taken, IReadOnlyList<string> Told)
{
    /// <summary>Takes a text apart, line by line: no value goes beyond its line.</summary>
    public static FlagScan Of(string text) => new Scanner().Read(text);

    private sealed class Scanner
    {
        /// <summary>More are told together: a message may be nothing but flags.</summary>
        private const int MostWarnings = 10;

        /// <summary>What `--style` means to Midjourney.</summary>
        private static readonly string[] midjourneyStyles = ["raw", "cute", "expressive", "original", "scenic", "4a", "4b", "4c"];

        private readonly List<LocalText> warnings = [];
        private readonly List<string> unspoken = [];
        private readonly List<string> taken = [];
        private readonly List<string> told = [];
        private readonly List<string> negatives = [];
        private FlagSet flags = FlagSet.Empty;

        public FlagScan Read(string text)
        {
            var lines = text.Split('\n');
            var kept = new List<string>(lines.Length);
            foreach (var line in lines)
            {
                var words = ReadLine(line);
                // A line of nothing but flags is gone; one that was empty is a paragraph's end.
                if (words.Length > 0 || line.AsSpan().Trim().Length == 0) kept.Add(words);
            }
            if (unspoken.Count > 0) warnings.Add(FlagTexts.Also(unspoken));
            return new FlagScan(string.Join('\n', kept), WithNegatives(), warnings, taken, told);
        }

        private string ReadLine(string line)
        {
            var escapes = new List<int>();
            var marks = FlagMarks.Of(line, escapes);
            if (marks.Count == 0) return Unescaped(line, 0, line.Length, escapes);
            var words = new StringBuilder(Unescaped(line, 0, marks[0].Start, escapes).Trim());
            var from = 0;
            for (var i = 0; i < marks.Count; i++)
            {
                var mark = marks[i];
                if (i > 0) Join(words, Unescaped(line, from, mark.Start, escapes));
                var end = i + 1 < marks.Count ? marks[i + 1].Start : line.Length;
                from = mark.ValueStart + Take(line, mark, mark.ValueStart < end ? line[mark.ValueStart..end] : "", words);
            }
            var behind = Unescaped(line, from, line.Length, escapes);
            Join(words, behind);
            // The comma that led to a flag leads nowhere now.
            return behind.AsSpan().Trim().Length > 0 ? words.ToString() : words.ToString().TrimEnd([' ', .. Between]);
        }

        /// <summary>What stands between items, and goes with a flag that stood between them.</summary>
        private static ReadOnlySpan<char> Between => ",，;；、。";

        /// <summary>Takes a flag; how much of the text behind it is its value.</summary>
        private int Take(string line, FlagMark mark, string value, StringBuilder words)
        {
            var name = line[mark.Start..mark.NameEnd];
            if (mark.Flag is not { } flag)
            {
                var hasColon = line.AsSpan(mark.NameEnd, mark.ValueStart - mark.NameEnd).IndexOfAny(":：=＝") >= 0;
                var length = FlagKind.Decimal.Read(value) is { Value: not null } number ? number.Length : hasColon ? FlagValues.WordLength(value) : 0;
                Tell(Written(name, value, length), written => FlagTexts.Unknown(written, Understanding.Flags.Nearest(line[mark.NameStart..mark.NameEnd])));
                return length;
            }

            var read = flag.Kind.Read(value);
            if (read.Value is not null) read = read with { Value = Unescaped(read.Value) };
            if (flag.Use == FlagUse.Prompt)
            {
                Join(words, read.Value ?? "");
                taken.Add(name);
                return read.Length;
            }
            if (flag.Use != FlagUse.Drawn || IsMidjourneyStyle(line.AsSpan(mark.NameStart, mark.NameEnd - mark.NameStart), read))
            {
                Tell(Written(name, value, read.Length), written => FlagTexts.NotDrawn(flag, written, read.Value));
                return read.Length;
            }
            if (read.Value is null)
            {
                var wrong = FlagValues.WordLength(value);
                Tell(Written(name, value, wrong), _ => FlagTexts.BadValue(name, value[..wrong], flag.Kind.Expected));
                return wrong;
            }
            taken.Add(Written(name, value, read.Length));
            Add(flag, read.Value);
            return read.Length;
        }

        private void Add(Flag flag, string value)
        {
            var ratio = flags.ToPairs().GetValueOrDefault("ar");
            if (flag.Name == "no") negatives.Add(value);
            flags = flags.With(flag, value);
            if (flags.ToPairs().ContainsKey("ar")) return;
            if (flag.Name == "ar") ratio = value;
            if (ratio is not null) Warn($"--ar {ratio}", _ => FlagTexts.SizeBeforeRatio(ratio));
        }

        /// <summary>What a picture should not have may be said in pieces.</summary>
        private FlagSet WithNegatives() => negatives.Count < 2 ? flags
            : flags.Without("no").With(Understanding.Flags.Find("no")!, string.Join(", ", negatives.Select((n, i) => i == 0 ? n : n.TrimStart('.').TrimStart()).Where(n => n.Length > 0)));

        private static bool IsMidjourneyStyle(ReadOnlySpan<char> name, ReadValue read) =>
            name.Equals("style", StringComparison.OrdinalIgnoreCase) && midjourneyStyles.Contains(read.Value, StringComparer.OrdinalIgnoreCase);

        private void Tell(string written, Func<string, LocalText> say)
        {
            told.Add(written);
            Warn(written, say);
        }

        private void Warn(string written, Func<string, LocalText> say)
        {
            if (warnings.Count < MostWarnings) warnings.Add(say(written));
            else unspoken.Add(written);
        }

        private static string Written(string name, string value, int length) => length == 0 ? name : $"{name} {value[..length].Trim()}";

        /// <summary>Puts what stood behind a flag to what stood before it.</summary>
        private static void Join(StringBuilder words, string more)
        {
            more = more.Trim();
            if (words.Length == 0 || Between.Contains(words[^1])) more = more.TrimStart([' ', .. Between]);
            if (more.Length == 0) return;
            if (words.Length > 0 && !Between.Contains(more[0])) words.Append(' ');
            words.Append(more);
        }

        private static string Unescaped(string value)
        {
            var escapes = new List<int>();
            FlagMarks.Of(value, escapes);
            return Unescaped(value, 0, value.Length, escapes);
        }

        private static string Unescaped(string line, int start, int end, List<int> escapes)
        {
            if (start >= end) return "";
            if (escapes.Count == 0) return line[start..end];
            var text = new StringBuilder(end - start);
            var escape = escapes.BinarySearch(start);
            if (escape < 0) escape = ~escape;
            for (var at = start; at < end; at++)
            {
                if (escape < escapes.Count && escapes[escape] == at) escape++;
                else text.Append(line[at]);
            }
            return text.ToString();
        }
    }
}
