using System.Globalization;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>Where what is about a request stands: a message that somebody's mention was answered with, or a result.</summary>
/// <param name="Channel">The channel's id.</param>
/// <param name="Message">The message's.</param>
internal readonly record struct ShownPlace(ulong Channel, ulong Message);

/// <summary>Remembers, for all hosts and for a year, where it stands; forgotten with its user.</summary>
internal sealed class ShownPlaces(ISharedNotes notes)
{
    private static readonly TimeSpan kept = TimeSpan.FromDays(366);

    public async Task<ShownPlace?> FindAsync(ulong user, string reference, CancellationToken cancel)
    {
        var parts = (await notes.FindAsync(KeyOf(user, reference), cancel))?.Value.Split('/') ?? [];
        return parts.Length == 2 && DiscordAddress.TryId(parts[0], out var channel) && DiscordAddress.TryId(parts[1], out var message) ? new ShownPlace(channel, message) : null;
    }

    public Task SetAsync(ulong user, string reference, ShownPlace place, CancellationToken cancel) =>
        notes.SetAsync(KeyOf(user, reference), string.Create(CultureInfo.InvariantCulture, $"{place.Channel}/{place.Message}"), kept, cancel);

    private string KeyOf(ulong user, string reference) => notes.KeyOf(DiscordAddress.UserIdOf(user), $"discord/at/{reference}");
}
