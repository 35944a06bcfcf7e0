using System.Text.Json.Serialization;
using DiffusionBot.Bot.Understanding;

namespace DiffusionBot.Bot.Rooms;

/// <summary>What moderators chose for their room.</summary>
internal sealed record RoomSettings
{
    /// <summary>More people are not kept out of one room: it is read with every message.</summary>
    public const int MostBlocked = 1000;

    /// <summary>Nothing was chosen.</summary>
    public static RoomSettings None { get; } = new();

    /// <summary>`zh` or `en`: what to speak to who has not chosen; null: as their platform says.</summary>
    public string? Language { get; init; }

    /// <summary>What requests there begin with, by the names of flags.</summary>
    public IReadOnlyDictionary<string, string> Defaults { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether nothing new is drawn for now.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Who may not draw there, by <see cref="Chat.ChatAuthor.Id"/>.</summary>
    public IReadOnlyList<string> Blocked { get; init; } = [];

    /// <summary><see cref="Defaults"/>, read.</summary>
    [JsonIgnore] public FlagSet Flags => FlagSet.FromPairs(Defaults, out _);
}
