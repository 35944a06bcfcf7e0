using DiffusionBot.Engine;

namespace DiffusionBot.Web;

/// <summary>What every page knows of who looks at it.</summary>
/// <param name="Language">To speak.</param>
/// <param name="Here">The path with its query, for coming back from the switch of languages.</param>
public sealed record PageFrame(Language Language, string Here)
{
    /// <summary>The address that others reach the page at, without a slash at its end; null where that is not known.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>A text in the reader's language.</summary>
    public string Say(string english, string chinese) => Language == Language.Chinese ? chinese : english;

    /// <summary>A text in the reader's language.</summary>
    public string Say(LocalText text) => text.In(Language);
}
