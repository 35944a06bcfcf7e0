using DiffusionBot.Chat.Discord.Rest;

namespace DiffusionBot.Chat.Discord;

/// <summary>Who this bot is on Discord.</summary>
/// <param name="Application">The application's id.</param>
/// <param name="User">The bot's own id as a user.</param>
internal sealed record DiscordIdentity(ulong Application, ulong User);

/// <summary>Asks once who this bot is.</summary>
internal sealed class DiscordSelf(DiscordRest rest)
{
    private volatile DiscordIdentity? known;

    /// <summary>Null: it was not asked yet.</summary>
    public DiscordIdentity? Known => known;

    /// <exception cref="DiscordException">Discord does not say.</exception>
    public async Task<DiscordIdentity> GetAsync(CancellationToken cancel)
    {
        if (known is { } identity) return identity;
        var (application, user) = (await rest.SendAsync(DiscordRoute.Application, cancel), await rest.SendAsync(DiscordRoute.Me, cancel));
        if (application.IdOf("id") is not { } applicationId || user.IdOf("id") is not { } userId)
            throw new DiscordException(200, 0, "Discord: /applications/@me and /users/@me were answered without an id each.");
        return known = new DiscordIdentity(applicationId, userId);
    }
}
