namespace DiffusionBot.Generation.Storage;

/// <summary>What an entry of the outbox tells.</summary>
public enum OutboxKind
{
    /// <summary>The pictures of a request that is done, or the reason of one that failed.</summary>
    Result,

    /// <summary>A text.</summary>
    Notice,
}

/// <summary>How far a delivery is.</summary>
public enum OutboxState
{
    /// <summary>To be delivered as soon as its time has come.</summary>
    Pending,

    /// <summary>The place cannot speak now: it goes out when the user says something.</summary>
    Waiting,

    /// <summary>Shown, and recorded.</summary>
    Delivered,

    /// <summary>The platform said that it never will be.</summary>
    Abandoned,
}

/// <summary>A reply that is owed: stored with the result, delivered after, and never a reason to draw again.</summary>
public sealed class OutboxEntry
{
    /// <summary>Also the delivery's idempotency key.</summary>
    public Guid Id { get; set; }

    public Guid RequestId { get; set; }

    public StoredRequest? Request { get; set; }

    public string UserId { get; set; } = "";

    public string Address { get; set; } = "";

    public OutboxKind Kind { get; set; }

    /// <summary>Of a notice; null for a result, which is put into words when it is delivered.</summary>
    public string? Text { get; set; }

    public OutboxState State { get; set; }

    /// <summary>How often delivering began.</summary>
    public int Attempts { get; set; }

    /// <summary>Set before the delivering call, cleared when its end is recorded: where it is still set, a crash fell inside the call.</summary>
    public DateTime? AttemptStartedAt { get; set; }

    /// <summary>How many of its parts are known to be shown, where it takes several calls.</summary>
    public int PartsShown { get; set; }

    public DateTime NextAttemptAt { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>Since when it is tried; an entry that waited for its user starts anew.</summary>
    public DateTime PendingSince { get; set; }

    public DateTime? DeliveredAt { get; set; }

    /// <summary>The host that delivers it now; null: none.</summary>
    public string? ClaimedBy { get; set; }

    public DateTime? ClaimedUntil { get; set; }

    /// <summary>What went wrong the last time; null: nothing.</summary>
    public string? LastError { get; set; }

    /// <summary>What is owed from now on: a request's result, to be shown at once.</summary>
    internal static OutboxEntry ResultOf(Guid request, string userId, string address, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        RequestId = request,
        UserId = userId,
        Address = address,
        Kind = OutboxKind.Result,
        State = OutboxState.Pending,
        NextAttemptAt = now.UtcDateTime,
        CreatedAt = now.UtcDateTime,
        PendingSince = now.UtcDateTime,
    };
}
