using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Generation.Moderation;

/// <summary>What an operator does not want drawn, and where: the section `Moderation`.</summary>
public sealed class ModerationOptions : IValidatableObject
{
    public const string Section = "Moderation";

    /// <summary>Most words of one list, and most letters of one word.</summary>
    internal const int MostWords = 10_000, LongestWord = 100;

    /// <summary>Prompts with one of these are refused everywhere: Latin words as whole words, Chinese as parts of a text. Default none.</summary>
    public IList<string> BlockedWords { get; } = [];

    /// <summary>Pictures of prompts with one of these are covered until somebody wants to see them, where a place can do that; found as <see cref="BlockedWords"/> are. Default none.</summary>
    public IList<string> SpoilerWords { get; } = [];

    /// <summary>Added to every negative prompt. Default "".</summary>
    [StringLength(2000)]
    public string NegativePrompt { get; set; } = "";

    /// <summary>What holds in one place besides, by the adapter's name. Default nothing.</summary>
    public IDictionary<string, PlaceModeration> Places { get; } = new Dictionary<string, PlaceModeration>(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, IList<string> Words)[] lists =
        [
            (nameof(BlockedWords), BlockedWords), (nameof(SpoilerWords), SpoilerWords),
            .. Places.Select(p => ($"Places:{p.Key}:{nameof(BlockedWords)}", p.Value.BlockedWords)), .. Places.Select(p => ($"Places:{p.Key}:{nameof(SpoilerWords)}", p.Value.SpoilerWords)),
        ];
        foreach (var (name, words) in lists)
        {
            if (words.Count > MostWords) yield return new($"{Section}:{name} has {words.Count} words; the limit is {MostWords}.");
            foreach (var word in words.Take(MostWords).Where(word => !BlockedWord.IsOne(word)))
                yield return new($"{Section}:{name}: \"{word}\" is no word; expected letters or digits, at most {LongestWord}.");
        }
        foreach (var (place, moderation) in Places.Where(p => p.Value.NegativePrompt.Length > 2000))
            yield return new($"{Section}:Places:{place}:NegativePrompt has {moderation.NegativePrompt.Length} characters; the limit is 2000.");
    }
}

/// <summary>What holds in one place, besides what holds everywhere.</summary>
public sealed class PlaceModeration
{
    /// <summary>Default none.</summary>
    public IList<string> BlockedWords { get; } = [];

    /// <summary>Default none.</summary>
    public IList<string> SpoilerWords { get; } = [];

    /// <summary>Added after the one of all places. Default "".</summary>
    public string NegativePrompt { get; set; } = "";
}
