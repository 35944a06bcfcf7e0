using System.Globalization;
using DiffusionBot.Chat.Discord.Showing;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>What the operator allows, by server, channel and role.</summary>
internal sealed class ServerRules(IOptions<DiscordOptions> options)
{
    private const int MostNamed = 5;

    /// <summary>Why the bot does not talk to them there, in their language; null: it does.</summary>
    public string? RefusalFor(DiscordAuthor from)
    {
        var texts = DiscordTexts.Of(from.Locale);
        if (from.Server == 0) return options.Value.DirectMessages ? null : texts.NoDirectMessages;
        if (options.Value.RulesOf(from.Server) is not { Channels.Count: > 0 } rules) return null;
        return rules.Channels.Any(id => id == Text(from.Channel) || (from.Parent is { } parent && id == Text(parent))) ? null : texts.NotHere(string.Join(' ', rules.Channels.Take(MostNamed).Select(id => $"<#{id}>")));
    }

    /// <summary>Whether they keep order there.</summary>
    public bool IsModerator(DiscordAuthor from) =>
        from.Server != 0 && (from.MayManage || (options.Value.RulesOf(from.Server)?.ModeratorRoles.Any(role => ulong.TryParse(role, out var id) && from.Roles.Contains(id)) ?? false));

    /// <summary>What their roles allow: of several the largest number; null: as everybody.</summary>
    public ChatLimits? LimitsOf(DiscordAuthor from)
    {
        if (from.Server == 0 || options.Value.RulesOf(from.Server) is not { Roles.Count: > 0 } rules) return null;
        var own = rules.Roles.Where(role => ulong.TryParse(role.Key, out var id) && from.Roles.Contains(id)).Select(role => role.Value).ToList();
        return own.Count == 0 ? null : new ChatLimits
        {
            Pending = own.Max(role => role.PendingPerUser),
            DailyPictures = own.Max(role => role.DailyPictures),
            MaxEdge = own.Max(role => role.MaxEdge),
            MaxSteps = own.Max(role => role.MaxSteps),
            MaxPictures = own.Max(role => role.MaxPictures),
        };
    }

    /// <summary>A message without words yet.</summary>
    /// <param name="id">Its own, or the interaction's.</param>
    /// <param name="address">Where its answer goes.</param>
    /// <param name="from">By whom.</param>
    public ChatMessage MessageOf(string id, DiscordAddress address, DiscordAuthor from) =>
        new(id, new ChatAddress(address.ToString()), new ChatAuthor(from.UserId, from.Name, IsModerator(from)), from.Locale, "", [])
        {
            InPublic = from.Server != 0 && options.Value.IsPublicPlace,
            Room = address.Room,
            Limits = LimitsOf(from),
        };

    private static string Text(ulong id) => id.ToString(CultureInfo.InvariantCulture);
}
