using System.Globalization;
using System.Text.Json;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>Somebody, and where they are.</summary>
/// <param name="User">Their id.</param>
/// <param name="Name">As shown there; null: not told.</param>
/// <param name="Server">0: direct messages.</param>
/// <param name="Channel">The channel's id.</param>
/// <param name="Parent">The channel that a thread belongs to; null: it is none, or that is not told.</param>
/// <param name="Roles">The ids of their roles on the server.</param>
/// <param name="Permissions">What they may do in the channel (topics/permissions); 0 where it is not told.</param>
/// <param name="Locale">Of their app; null: not told.</param>
internal sealed record DiscordAuthor(ulong User, string? Name, ulong Server, ulong Channel, ulong? Parent, IReadOnlySet<ulong> Roles, ulong Permissions, string? Locale)
{
    private const int MostRoles = 500, LongestName = 80, LongestLocale = 12;
    private const ulong Administrator = 1UL << 3, ManageMessages = 1UL << 13;

    public string UserId => DiscordAddress.UserIdOf(User);

    /// <summary>Whether they may remove what others write there.</summary>
    public bool MayManage => (Permissions & (Administrator | ManageMessages)) != 0;

    /// <summary>Out of an event; null where it does not say who and where.</summary>
    /// <param name="data">The event.</param>
    /// <param name="user">The user in it.</param>
    public static DiscordAuthor? Read(JsonElement data, JsonElement? user)
    {
        if (user?.IdOf("id") is not { } id || data.IdOf("channel_id") is not { } channel) return null;
        var member = data.Of("member");
        var name = member?.TextOf("nick") ?? user.Value.TextOf("global_name") ?? user.Value.TextOf("username");
        // A number in a string (reference.mdx, serialization).
        var permissions = ulong.TryParse(member?.TextOf("permissions"), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : 0;
        var roles = member?.ManyOf("roles").Take(MostRoles).Select(role => ulong.TryParse(role.AsText(), NumberStyles.None, CultureInfo.InvariantCulture, out var r) ? r : 0);
        return new DiscordAuthor(
            id, string.IsNullOrWhiteSpace(name) ? null : Showing.DiscordText.Cut(name, LongestName), data.IdOf("guild_id") ?? 0, channel, data.Of("channel")?.IdOf("parent_id"),
            (roles ?? []).Where(role => role != 0).ToHashSet(), permissions, data.TextOf("locale") is { Length: > 0 and <= LongestLocale } locale ? locale : null);
    }
}
