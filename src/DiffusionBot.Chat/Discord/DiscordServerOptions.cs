namespace DiffusionBot.Chat.Discord;

/// <summary>What holds on a server.</summary>
public sealed class DiscordServerOptions
{
    /// <summary>The key of what holds on servers that are not named.</summary>
    public const string Others = "default";

    /// <summary>Ids of the channels where the bot draws; threads belong to theirs. Default all.</summary>
    public IList<string> Channels { get; } = [];

    /// <summary>Ids of the roles that keep order there, besides who may manage messages. Default none.</summary>
    public IList<string> ModeratorRoles { get; } = [];

    /// <summary>What members of a role may ask for, by the role's id; of several roles the largest number counts. Default as everybody.</summary>
    public IDictionary<string, DiscordRoleOptions> Roles { get; } = new Dictionary<string, DiscordRoleOptions>(StringComparer.Ordinal);

    /// <summary>Whether every picture is covered until it is clicked. Default false.</summary>
    public bool Spoilers { get; set; }
}

/// <summary>What members of a role may ask for; null: as everybody (section `Limits`).</summary>
public sealed class DiscordRoleOptions
{
    /// <summary>Requests that wait, 1 to 10,000.</summary>
    public int? PendingPerUser { get; set; }

    /// <summary>Pictures in 24 hours, 0 to 1,000,000.</summary>
    public int? DailyPictures { get; set; }

    /// <summary>Pixels along the longer edge, 64 to 2048.</summary>
    public int? MaxEdge { get; set; }

    /// <summary>Steps, 1 to 150.</summary>
    public int? MaxSteps { get; set; }

    /// <summary>Pictures of one request, 1 to 800.</summary>
    public int? MaxPictures { get; set; }

    /// <summary>What is wrong with it; null: nothing.</summary>
    internal string? Problem => new (string Name, int? Value, int Least, int Most)[]
    {
        (nameof(PendingPerUser), PendingPerUser, 1, 10_000), (nameof(DailyPictures), DailyPictures, 0, 1_000_000), (nameof(MaxEdge), MaxEdge, 64, 2048),
        (nameof(MaxSteps), MaxSteps, 1, 150), (nameof(MaxPictures), MaxPictures, 1, 800),
    }
        .Where(limit => limit.Value is { } value && (value < limit.Least || value > limit.Most))
        .Select(limit => $"has {limit.Name} {limit.Value}; expected {limit.Least} to {limit.Most}").FirstOrDefault();
}
