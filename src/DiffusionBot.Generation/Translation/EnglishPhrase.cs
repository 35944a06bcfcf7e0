namespace DiffusionBot.Generation.Translation;

/// <summary>
/// The words of a Chinese phrase in the order that English has: places and clauses go behind what they tell about (戴帽子的猫: cat wearing a hat),
/// measure words fall away, several things end in s. All else stays where it stands.
/// </summary>
internal static class EnglishPhrase
{
    private static readonly string[] prepositions = ["in ", "on ", "at ", "by ", "under ", "around "];

    /// <param name="pieces">Of a <see cref="WordList"/>.</param>
    /// <param name="numberBefore">A number in digits that stands directly before; null: none.</param>
    public static string Of(IReadOnlyList<(string Chinese, Word? Word)> pieces, string? numberBefore = null)
    {
        var words = pieces.Select(p => p.Word ?? new Word(p.Chinese, WordRole.Noun)).ToList();
        if (numberBefore is not null) words.Insert(0, new Word("", numberBefore == "1" ? WordRole.One : WordRole.Several));
        Count(words);
        return Text(Places(Clauses(words)));
    }

    /// <summary>两只猫: two cats.</summary>
    private static void Count(List<Word> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i].Role is not (WordRole.One or WordRole.Several)) continue;
            var isSeveral = words[i].Role == WordRole.Several;
            if (i + 1 < words.Count && words[i + 1] is { Role: WordRole.Container } container)
            {
                words[i] = words[i] with { English = $"{words[i].English} {(isSeveral ? Plural.Of(container.English) : container.English)} of".TrimStart() };
                words.RemoveAt(i + 1);
                continue;
            }
            if (i + 1 < words.Count && words[i + 1].Role == WordRole.Measure) words.RemoveAt(i + 1);
            if (!isSeveral) continue;
            var noun = i + 1;
            // 三个戴帽子的女孩: what is counted stands behind the clause.
            if (noun < words.Count && words[noun].Role is WordRole.Verb or WordRole.At && words.FindIndex(noun, w => w.Role == WordRole.Of) is > 0 and var of) noun = of + 1;
            while (noun + 1 < words.Count && IsNominal(words[noun]) && (IsNominal(words[noun + 1]) || (words[noun + 1].Role == WordRole.Of && noun + 2 < words.Count))) noun++;
            if (noun < words.Count && words[noun].Role == WordRole.Noun) words[noun] = words[noun] with { English = Plural.Of(words[noun].English) };
        }
    }

    /// <summary>Joins the parts around each 的.</summary>
    private static List<Word> Clauses(List<Word> words)
    {
        var done = new List<Word>();
        foreach (var part in Split(words))
        {
            // 红帽子和蓝围巾的雪人: what stands before 和 may belong to the clause.
            var start = AfterNumber(done, done.FindLastIndex(w => w.Role == WordRole.And) + 1);
            if (!IsClause(done[start..])) start = AfterNumber(done, 0);
            var clause = done[start..];
            if (part.Count > 0 && IsClause(clause))
            {
                var head = part.FindIndex(w => !IsNominal(w));
                if (head < 0) head = part.Count;
                done.RemoveRange(start, clause.Count);
                done.AddRange([.. part[..head], .. Places(clause), .. part[head..]]);
            }
            else
            {
                // A dancing girl.
                if (done.Count > 0 && done[^1].Role == WordRole.Verb && part.Count > 0) done[^1] = done[^1] with { Role = WordRole.Adjective };
                done.AddRange(part);
            }
        }
        return done;
    }

    private static int AfterNumber(List<Word> words, int at) => at < words.Count && words[at].Role is WordRole.One or WordRole.Several ? at + 1 : at;

    /// <summary>Whether words that stand before 的 go behind what follows: they begin with a verb or 在, or end with a place; red in "wearing red" goes on.</summary>
    private static bool IsClause(List<Word> words)
    {
        if (words.Count == 0 || words[^1].Role == WordRole.Adjective) return false;
        if (words is [{ Role: WordRole.Verb } only]) return only.English.Contains(' ', StringComparison.Ordinal);
        return words[0].Role is WordRole.Verb or WordRole.At || words[^1].Role == WordRole.Place;
    }

    private static IEnumerable<List<Word>> Split(List<Word> words)
    {
        var part = new List<Word>();
        foreach (var word in words)
        {
            if (word.Role != WordRole.Of)
            {
                part.Add(word);
                continue;
            }
            yield return part;
            part = [];
        }
        yield return part;
    }

    /// <summary>在草地上奔跑: running on grass.</summary>
    private static List<Word> Places(List<Word> words)
    {
        var done = new List<Word>();
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i].Role == WordRole.Place)
            {
                // The noun is there already.
                var noun = done.FindLastIndex(w => !IsNominal(w)) + 1;
                done.Insert(noun, words[i] with { Role = WordRole.Verb });
                continue;
            }
            if (words[i].Role != WordRole.At)
            {
                done.Add(words[i]);
                continue;
            }
            var end = i + 1;
            while (end < words.Count && (IsNominal(words[end]) || words[end].Role is WordRole.One or WordRole.Several)) end++;
            if (end == i + 1) continue;   // 在跑步: a verb that goes on
            var hasPlace = end < words.Count && words[end].Role == WordRole.Place;
            List<Word> place = [(hasPlace ? words[end] : words[i]) with { Role = WordRole.Verb }, .. words[(i + 1)..end]];
            if (Array.Exists(prepositions, place[1].English.StartsWith)) place.RemoveAt(0);   // 雨中 is "in the rain" by itself
            if (hasPlace) end++;
            var verb = end;
            if (verb < words.Count && words[verb].Role == WordRole.Verb)
            {
                while (verb < words.Count && words[verb].Role is not (WordRole.And or WordRole.At)) verb++;
            }
            done.AddRange([.. words[end..verb], .. place]);
            i = verb - 1;
        }
        return done;
    }

    private static bool IsNominal(Word word) => word.Role is WordRole.Noun or WordRole.Adjective or WordRole.Measure or WordRole.Container;

    private static string Text(List<Word> words)
    {
        var texts = words.Select(w => w.English).Where(e => e.Length > 0).ToArray();
        for (var i = 0; i + 1 < texts.Length; i++)
        {
            if (texts[i] == "a" && texts[i + 1][0] is 'a' or 'e' or 'i' or 'o' or 'u') texts[i] = "an";
        }
        return string.Join(' ', texts);
    }
}
