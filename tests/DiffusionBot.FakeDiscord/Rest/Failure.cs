namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>How a call fails on demand.</summary>
public sealed record Failure
{
    private Failure()
    {
    }

    internal int Status { get; private init; }

    internal int Code { get; private init; }

    internal string Message { get; private init; } = "";

    internal TimeSpan? RetryAfter { get; private init; }

    internal string Scope { get; private init; } = "user";

    internal bool IsCut { get; private init; }

    internal Task? Until { get; private init; }

    /// <summary>The connection breaks instead of an answer.</summary>
    public static Failure Cut { get; } = new() { IsCut = true };

    /// <summary>Missing Permissions.</summary>
    public static Failure MissingPermissions { get; } = Error(403, 50013, "Missing Permissions");

    /// <summary>Discord, or what stands before it, is ill.</summary>
    public static Failure Server(int status = 500) => new() { Status = status };

    public static Failure Error(int status, int code, string message) => new() { Status = status, Code = code, Message = message };

    /// <summary>429.</summary>
    /// <param name="wait">How long.</param>
    /// <param name="scope">`user`, `global` or `shared`.</param>
    public static Failure Limited(TimeSpan wait, string scope = "user") => new() { Status = 429, RetryAfter = wait, Scope = scope };

    /// <summary>No answer before that; then the connection breaks.</summary>
    public static Failure Silent(Task until) => new() { IsCut = true, Until = until };
}
