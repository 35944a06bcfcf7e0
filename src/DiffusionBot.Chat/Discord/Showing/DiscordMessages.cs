using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>Puts messages where they belong. What is written again is the same message: it is changed, or known by its nonce.</summary>
internal sealed class DiscordMessages(DiscordRest rest)
{
    /// <summary>Characters of a nonce (resources/message, create message).</summary>
    private const int NonceLength = 24;

    /// <summary>Writes the message that answers an interaction.</summary>
    /// <exception cref="DiscordException">Among others: the token is over, the message is gone.</exception>
    public Task<ShownPlace> EditOriginalAsync(ulong application, string token, DiscordPart part, CancellationToken cancel) =>
        SendAsync(DiscordRoute.EditOriginal(application, token), part, part.ToBody(), cancel);

    /// <summary>Writes another answer to an interaction. Not repeatable.</summary>
    /// <exception cref="DiscordException">Among others: the token is over.</exception>
    public Task<ShownPlace> FollowUpAsync(ulong application, string token, DiscordPart part, bool isEphemeral, CancellationToken cancel)
    {
        var body = part.ToBody();
        if (isEphemeral) body["flags"] = DiscordPart.Ephemeral;
        return SendAsync(DiscordRoute.FollowUp(application, token), part, body, cancel);
    }

    /// <summary>Changes a message of ours, files and all.</summary>
    /// <exception cref="DiscordException">Among others: it is gone.</exception>
    public Task<ShownPlace> EditAsync(ShownPlace place, DiscordPart part, CancellationToken cancel) =>
        SendAsync(DiscordRoute.EditMessage(place.Channel, place.Message), part, part.ToBody(), cancel);

    /// <summary>Writes a message into a channel, once for each key within some minutes.</summary>
    /// <param name="channel">Its id.</param>
    /// <param name="part">What.</param>
    /// <param name="key">The same for the same message.</param>
    /// <param name="answers">The message that it answers; null: none.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="DiscordException">Among others: the bot may not write there.</exception>
    public async Task<ShownPlace> SayAsync(ulong channel, DiscordPart part, string key, ulong? answers, CancellationToken cancel)
    {
        var body = part.ToBody();
        (body["nonce"], body["enforce_nonce"]) = (NonceOf(key), true);
        if (answers is { } message) body["message_reference"] = new JsonObject { ["message_id"] = message.ToString(CultureInfo.InvariantCulture), ["fail_if_not_exists"] = false };
        try
        {
            return await SendAsync(DiscordRoute.Say(channel), part, body, cancel);
        }
        catch (DiscordException e) when (e.Code == DiscordCode.MayNotAnswer && body.Remove("message_reference"))
        {
            // It may not read what was said before, and so not point to it.
            return await SendAsync(DiscordRoute.Say(channel), part, body, cancel);
        }
    }

    /// <summary>The channel for direct messages with somebody.</summary>
    /// <exception cref="DiscordException">Discord does not say.</exception>
    public async Task<ulong> DirectAsync(ulong user, CancellationToken cancel)
    {
        var call = new DiscordCall(DiscordRoute.OpenDirect) { Body = new JsonObject { ["recipient_id"] = user.ToString(CultureInfo.InvariantCulture) }, IsRepeatable = true };
        return (await rest.SendAsync(call, cancel)).IdOf("id") ?? throw new DiscordException(200, 0, "Discord: a channel for direct messages was answered without an id.");
    }

    /// <summary>Removes a message of ours, if it is still there.</summary>
    public async Task DeleteAsync(ShownPlace place, CancellationToken cancel)
    {
        try
        {
            await rest.SendAsync(DiscordRoute.DeleteMessage(place.Channel, place.Message), cancel);
        }
        catch (DiscordException e) when (!e.MayPass)
        {
            // Somebody else removed it, or took us the right to.
        }
    }

    /// <summary>Short, and as good as unique.</summary>
    internal static string NonceOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..NonceLength];

    private async Task<ShownPlace> SendAsync(DiscordRoute route, DiscordPart part, JsonObject body, CancellationToken cancel) =>
        PlaceOf(await rest.SendAsync(new DiscordCall(route) { Body = body, Files = part.Files, Patience = PatienceFor(part) }, cancel));

    private static ShownPlace PlaceOf(JsonElement message) => message.IdOf("id") is { } id && message.IdOf("channel_id") is { } channel
        ? new ShownPlace(channel, id)
        : throw new DiscordException(200, 0, "Discord: a message was answered without its id and its channel's.");

    // A slow line takes its time for pictures.
    private static TimeSpan PatienceFor(DiscordPart part) => TimeSpan.FromSeconds(part.Files.Sum(file => (long)file.Bytes.Length) > 1 << 20 ? 60 : 20);
}
