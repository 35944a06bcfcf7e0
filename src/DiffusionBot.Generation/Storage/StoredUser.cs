using System.ComponentModel.DataAnnotations.Schema;

namespace DiffusionBot.Generation.Storage;

/// <summary>Someone who talks to the bot.</summary>
public sealed class StoredUser
{
    /// <summary>The platform and its own id: `web:3f…`.</summary>
    public string Id { get; set; } = "";

    public string? Name { get; set; }

    /// <summary>Chosen by the user; null: as the platform says.</summary>
    public Engine.Language? Language { get; set; }

    /// <summary>Personal defaults as a JSON object, names of flags to values. May be empty.</summary>
    public string Defaults { get; set; } = "";

    public bool IsBlocked { get; set; }

    /// <summary>Pictures a day; null: as everybody.</summary>
    public int? DailyPictures { get; set; }

    /// <summary>The turn of the last request.</summary>
    public long LastVirtualTime { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime LastSeenAt { get; set; }

    /// <summary>Whether replies wait until this user says something; looked up by <see cref="UserDirectory.GreetAsync"/> alone.</summary>
    [NotMapped] public bool HasWaitingReplies { get; set; }
}
