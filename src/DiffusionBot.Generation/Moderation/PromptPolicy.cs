using DiffusionBot.Engine.Prompts;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Moderation;

/// <summary>What the policy says to a prompt.</summary>
public enum PolicyVerdict
{
    Allowed,

    /// <summary>The operator's block list has a word of it.</summary>
    Blocked,

    /// <summary>Sexual content with minors: refused always, whatever the options.</summary>
    Forbidden,
}

/// <summary>What may be drawn, by place. For any number of threads.</summary>
public sealed class PromptPolicy(IOptions<ModerationOptions> options)
{
    private readonly PlacedWords blocked = new(options.Value.BlockedWords, options.Value.Places.Select(p => (p.Key, p.Value.BlockedWords)));

    private readonly PlacedWords spoilers = new(options.Value.SpoilerWords, options.Value.Places.Select(p => (p.Key, p.Value.SpoilerWords)));

    private volatile BlockedWord[] runtime = [];

    /// <summary>Takes the place of the words that were set here before: they hold everywhere, besides those of the options. What is no word is left out.</summary>
    public void SetRuntimeWords(IReadOnlyList<string> words) => runtime = BlockedWord.ListOf(words.Take(ModerationOptions.MostWords));

    /// <summary>Looks at everything that the user wrote and everything that will be drawn.</summary>
    /// <param name="place">Which adapter's.</param>
    /// <param name="prompt">Before or after translation: both are asked about.</param>
    /// <param name="negativePrompt">What is not wanted: nothing in it is refused.</param>
    public PolicyVerdict Check(string place, string prompt, string negativePrompt)
    {
        var verdict = PolicyVerdict.Allowed;
        foreach (var text in TextsOf(prompt))
        {
            var views = PromptViews.Of(text);
            if (MinorSafety.Forbids(text, views)) return PolicyVerdict.Forbidden;
            if (blocked.AreIn(views, place) || runtime.Any(views.Has)) verdict = PolicyVerdict.Blocked;
        }
        return verdict;
    }

    /// <summary>Whether a picture of this prompt is to be covered until somebody wants to see it, where that can be done.</summary>
    public bool WantsSpoiler(string place, string prompt) => spoilers.AreAnyAt(place) && TextsOf(prompt).Any(text => spoilers.AreIn(PromptViews.Of(text), place));

    /// <summary>The negative prompt with what the policy adds there.</summary>
    public string NegativeFor(string place, string negativePrompt)
    {
        var added = NegativeParts.Of(options.Value.NegativePrompt)
            .Concat(options.Value.Places.TryGetValue(place, out var here) ? NegativeParts.Of(here.NegativePrompt) : []);
        return NegativeParts.Add(negativePrompt, added);
    }

    /// <summary>The prompt as written, and whatever it becomes on the way: `ki[tten:ll:0.5]`.</summary>
    private static IEnumerable<string> TextsOf(string prompt) => PromptTexts.Of(prompt).Prepend(prompt).Distinct(StringComparer.Ordinal);

    /// <summary>Words that are looked for everywhere, and more in some places.</summary>
    private sealed class PlacedWords(IEnumerable<string> everywhere, IEnumerable<(string Place, IList<string> Words)> places)
    {
        private readonly BlockedWord[] everywhere = BlockedWord.ListOf(everywhere);

        private readonly Dictionary<string, BlockedWord[]> places = places.ToDictionary(p => p.Place, p => BlockedWord.ListOf(p.Words), StringComparer.OrdinalIgnoreCase);

        public bool AreAnyAt(string place) => everywhere.Length > 0 || places.GetValueOrDefault(place, []).Length > 0;

        public bool AreIn(PromptViews views, string place) => everywhere.Any(views.Has) || places.GetValueOrDefault(place, []).Any(views.Has);
    }
}

/// <summary>Looks at a drawn picture before anybody sees it: a seam for a tagger.</summary>
public interface IPictureCheck
{
    /// <summary>Null: may be shown. Else why not, for the one who asked.</summary>
    Task<Engine.LocalText?> CheckAsync(Imaging.Bitmap picture, string place, CancellationToken cancel);
}

/// <summary>Shows everything: where no tagger is installed.</summary>
internal sealed class NoPictureCheck : IPictureCheck
{
    public Task<Engine.LocalText?> CheckAsync(Imaging.Bitmap picture, string place, CancellationToken cancel) => Task.FromResult<Engine.LocalText?>(null);
}
