namespace DiffusionBot.Generation.Moderation;

/// <summary>A word or a few that are looked for, in the form that <see cref="PromptViews"/> has.</summary>
/// <param name="Text">Latin: ` with spaces around `. Chinese: as it is.</param>
/// <param name="Joined">Without any space.</param>
/// <param name="IsChinese">Found as a part of a text; else as whole words.</param>
internal readonly record struct BlockedWord(string Text, string Joined, bool IsChinese)
{
    /// <summary>Null for what has no letter or digit.</summary>
    public static BlockedWord? Of(string word)
    {
        var folded = LetterFold.Fold(word);
        var letters = string.Concat(folded.Where(c => char.IsLetterOrDigit(c) || char.IsSurrogate(c)));
        if (letters.Length == 0) return null;
        return letters.Any(PromptViews.IsChinese) ? new(letters, letters, true) : new(PromptViews.ToWords(folded), letters, false);
    }

    /// <summary>The words of a list; what is none is left out.</summary>
    public static BlockedWord[] ListOf(IEnumerable<string> words) => [.. words.Where(IsOne).Select(word => Of(word)!.Value).Distinct()];

    public static bool IsOne(string word) => word.Length <= ModerationOptions.LongestWord && Of(word) is not null;
}
