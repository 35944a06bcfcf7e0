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

/// <summary>What may be drawn, by place.</summary>
public sealed class PromptPolicy
{
    /// <summary>Looks at everything that the user wrote and everything that will be drawn.</summary>
    /// <param name="place">Which adapter's.</param>
    /// <param name="prompt">Before or after translation: both are asked about.</param>
    /// <param name="negativePrompt">What is not wanted: the block list does not look at it.</param>
    public PolicyVerdict Check(string place, string prompt, string negativePrompt) => throw new NotSupportedException();

    /// <summary>The negative prompt with what the policy adds there.</summary>
    public string NegativeFor(string place, string negativePrompt) => throw new NotSupportedException();
}

/// <summary>Looks at a drawn picture before anybody sees it: a seam for a tagger.</summary>
public interface IPictureCheck
{
    /// <summary>Null: may be shown. Else why not, for the one who asked.</summary>
    Task<Engine.LocalText?> CheckAsync(Imaging.Bitmap picture, string place, CancellationToken cancel);
}
