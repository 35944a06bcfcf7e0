namespace DiffusionBot.Generation.Jobs;

/// <summary>What the queue says to a request.</summary>
public abstract record Acceptance
{
    /// <summary>Its row is written: it will be drawn.</summary>
    /// <param name="Id">The request.</param>
    /// <param name="Code">Its short name.</param>
    /// <param name="Standing">Where it stands.</param>
    public sealed record Accepted(Guid Id, string Code, Standing Standing) : Acceptance;

    /// <summary>A limit is reached; nothing was written.</summary>
    /// <param name="Limit">Which.</param>
    /// <param name="Most">The limit's number.</param>
    /// <param name="Asked">What was asked for, or is there already.</param>
    public sealed record Refused(RequestLimit Limit, long Most, long Asked) : Acceptance;
}

/// <summary>The limits that a request may break.</summary>
public enum RequestLimit
{
    /// <summary>Requests of one user that wait.</summary>
    Pending,

    /// <summary>Pictures of one user in the last 24 hours.</summary>
    DailyPictures,

    /// <summary>Requests that wait in all.</summary>
    QueueLength,

    /// <summary>Pixels along the longer edge.</summary>
    Edge,

    /// <summary>Steps.</summary>
    Steps,

    /// <summary>Pictures of one request.</summary>
    Pictures,

    /// <summary>The user is blocked; numbers mean nothing.</summary>
    Blocked,
}

/// <summary>Where a request stands.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Ahead">How many are drawn before it; 0 for one that is being drawn or is next.</param>
/// <param name="Left">How long until its pictures are there, from measured step times; null where nothing was measured yet.</param>
public sealed record Standing(Storage.RequestState State, int Ahead, TimeSpan? Left);
