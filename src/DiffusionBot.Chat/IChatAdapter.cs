namespace DiffusionBot.Chat;

/// <summary>One platform: turns what comes from it into <see cref="ChatMessage"/>s and shows <see cref="ChatReply"/>s there.</summary>
public interface IChatAdapter
{
    /// <summary>What its addresses begin with.</summary>
    string Place { get; }

    /// <summary>What can be done there, now. <paramref name="address"/> is one of its own.</summary>
    PlaceAbilities AbilitiesAt(ChatAddress address);

    /// <summary>
    /// Shows a reply that was stored before. May be asked again for the same key after a crash: where the platform can tell, it is shown once.
    /// </summary>
    /// <exception cref="DeliveryException">It could not be shown; the exception says whether trying again may help.</exception>
    Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancel);
}

/// <summary>What a place can do.</summary>
/// <param name="CanPush">May speak without being spoken to; else replies wait for the next message.</param>
/// <param name="CanEdit">May change what it said.</param>
/// <param name="HasButtons">Shows choices as buttons; else they are words in the text.</param>
/// <param name="PicturesPerMessage">1 or more.</param>
/// <param name="TextLimit">Characters of one message.</param>
public sealed record PlaceAbilities(bool CanPush, bool CanEdit, bool HasButtons, int PicturesPerMessage, int TextLimit)
{
    /// <summary>Whether a result takes the place of its promise, with all that was said there.</summary>
    public bool ReplacesPromises { get; init; }
}

/// <summary>A reply on its way.</summary>
/// <param name="Key">The same for every try of the same reply; at most 36 characters.</param>
/// <param name="Address">Where to.</param>
/// <param name="Reply">What.</param>
/// <param name="IsRetry">Whether an earlier try may have been shown: it began and its end was not recorded.</param>
public sealed record Delivery(string Key, ChatAddress Address, ChatReply Reply, bool IsRetry)
{
    /// <summary>Whether it is the answer to the very message that the address names; else it only goes where that one came from.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>How many parts of it are known to have been shown before, where it takes several calls to the platform.</summary>
    public int PartsShown { get; init; }

    /// <summary>Records that so many parts are shown now: after a crash, the next try begins behind them.</summary>
    public Func<int, Task> PartsShownAsync { get; init; } = _ => Task.CompletedTask;
}

/// <summary>What became of a delivery.</summary>
public enum DeliveryOutcome
{
    /// <summary>Shown.</summary>
    Delivered,

    /// <summary>The place cannot speak now; it goes out when the user next says something, or asks for it.</summary>
    WaitsForUser,
}

/// <summary>A reply could not be shown.</summary>
/// <param name="message">What the platform said, and where.</param>
/// <param name="isFinal">Whether trying again is useless: the user is gone, the channel deleted.</param>
/// <param name="retryAfter">When to try again, where the platform said so.</param>
/// <param name="inner">What it comes from.</param>
public sealed class DeliveryException(string message, bool isFinal, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether trying again is useless.</summary>
    public bool IsFinal => isFinal;

    /// <summary>When to try again, where the platform said so; else null.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
