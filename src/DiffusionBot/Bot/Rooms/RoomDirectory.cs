using System.Collections.Concurrent;
using System.Text.Json;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot.Rooms;

/// <summary>What was chosen for rooms, on every host; what another host changed is seen a few seconds later.</summary>
internal sealed class RoomDirectory(SettingStore settings, TimeProvider clock)
{
    private const int MostKnown = 10_000;

    private static readonly TimeSpan knownFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (RoomSettings Settings, long Since)> known = new(StringComparer.Ordinal);

    /// <param name="room">A <see cref="Chat.ChatMessage.Room"/>; null: there is none, and nothing was chosen for it.</param>
    /// <param name="cancel">Gives up.</param>
    public async ValueTask<RoomSettings> OfAsync(string? room, CancellationToken cancel)
    {
        if (room is null) return RoomSettings.None;
        if (known.TryGetValue(room, out var found) && clock.GetElapsedTime(found.Since) < knownFor) return found.Settings;
        return Know(room, Read(await settings.GetAsync(KeyOf(room), cancel)));
    }

    /// <summary>Changes what was chosen; of changes at once, each is made to what the other left.</summary>
    /// <returns>What holds now.</returns>
    public async Task<RoomSettings> ChangeAsync(string room, Func<RoomSettings, RoomSettings> change, CancellationToken cancel)
    {
        var value = await settings.ChangeAsync(KeyOf(room), before => JsonSerializer.Serialize(change(Read(before))), cancel);
        return Know(room, Read(value));
    }

    private RoomSettings Know(string room, RoomSettings now)
    {
        if (known.Count >= MostKnown) known.Clear();
        known[room] = (now, clock.GetTimestamp());
        return now;
    }

    private static string KeyOf(string room) => $"room/{room}";

    private static RoomSettings Read(string? value) => value is null ? RoomSettings.None : JsonSerializer.Deserialize<RoomSettings>(value) ?? RoomSettings.None;
}
