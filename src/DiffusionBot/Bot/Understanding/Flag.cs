using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What becomes of a flag.</summary>
internal enum FlagUse
{
    /// <summary>It changes the request.</summary>
    Drawn,

    /// <summary>It is the prompt, said by name.</summary>
    Prompt,

    /// <summary>It names a file that is named in the prompt: &lt;lora:NAME:0.8>.</summary>
    Network,

    /// <summary>WebUI can do it and this bot not yet.</summary>
    Later,

    /// <summary>It means something to Midjourney alone.</summary>
    Midjourney,
}

/// <summary>A row of the table of flags.</summary>
/// <param name="Name">Its canonical name, by which settings keep it.</param>
/// <param name="Aliases">Other names, in both languages. Case, dashes and underscores do not count.</param>
/// <param name="Kind">What stands behind it.</param>
/// <param name="About">What it is for; empty where it does nothing.</param>
/// <param name="Change">The request with a canonical value; null where it changes none.</param>
internal sealed record Flag(string Name, string[] Aliases, FlagKind Kind, LocalText About, Func<ImageRequest, string, ImageRequest>? Change)
{
    /// <summary>What becomes of it.</summary>
    public FlagUse Use { get; init; }

    /// <summary>Whether it can be a default.</summary>
    public bool IsKept => Use == FlagUse.Drawn;

    /// <summary>All its names.</summary>
    public IEnumerable<string> Names => Aliases.Prepend(Name);
}
