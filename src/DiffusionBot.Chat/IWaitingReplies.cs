namespace DiffusionBot.Chat;

/// <summary>
/// Replies that wait for their user, for places that speak only when spoken to. Whoever takes one has it to themselves until they say what became of it, or until its
/// lease is over.
/// </summary>
public interface IWaitingReplies
{
    /// <summary>Takes what waits for a user, oldest first.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="reference">Only what is about this (<see cref="ChatReply.Reference"/>); null: everything.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancel">Gives up; nothing is taken then.</param>
    Task<IReadOnlyList<WaitingReply>> TakeAsync(string userId, string? reference, int most, CancellationToken cancel);

    /// <summary>Ends as soon as something about this waits for the user; or cancelled.</summary>
    Task UntilAnyAsync(string userId, string reference, CancellationToken cancel);

    /// <summary>How many wait for a user.</summary>
    Task<int> CountAsync(string userId, CancellationToken cancel);

    /// <summary>They were shown.</summary>
    Task ShownAsync(IReadOnlyList<WaitingReply> replies);

    /// <summary>They were not shown, and wait again.</summary>
    Task ReturnAsync(IReadOnlyList<WaitingReply> replies);
}

/// <summary>A reply that was taken to be shown.</summary>
/// <param name="Key">Its own; the same at every try.</param>
/// <param name="Lease">Of this taking.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Reply">What to show.</param>
/// <param name="IsRetry">Whether it may have been shown before.</param>
public sealed record WaitingReply(string Key, string Lease, string UserId, ChatReply Reply, bool IsRetry);
