using System.Text.Json;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>Somebody uses the bot (INTERACTION_CREATE), as far as it makes sense.</summary>
/// <param name="Kind">2 command, 3 component, 4 autocomplete, 5 modal; or another.</param>
/// <param name="Data">What is used; undefined where there is none.</param>
/// <param name="From">Who, where.</param>
/// <param name="Token">To answer with.</param>
/// <param name="MostBytes">Bytes of one file of an answer.</param>
/// <param name="Message">The message that a component is on; null: none.</param>
internal sealed record Interaction(ulong Id, int Kind, JsonElement Data, DiscordAuthor From, string Token, int MostBytes, JsonElement? Message)
{
    public const int Command = 2, Component = 3, Autocomplete = 4, Modal = 5;

    private const int LeastBytes = 100_000, LargestBytes = 500 << 20;

    /// <summary>Where its answer goes.</summary>
    public DiscordAddress Address => new(From.Server, From.Channel, From.User, Id, MostBytes, Token);

    /// <summary>Null where it cannot even be answered; then <paramref name="problem"/> says why.</summary>
    public static Interaction? Read(JsonElement data, out string problem)
    {
        problem = "";
        if (data.IdOf("id") is not { } id) problem = "it has no id";
        else if (data.TextOf("token") is not { } token || !DiscordAddress.IsToken(token)) problem = "it has no token that can be used";
        else if (DiscordAuthor.Read(data, data.Of("member")?.Of("user") ?? data.Of("user")) is not { } from) problem = "it does not say who and where";
        else
        {
            var bytes = data.NumberOf("attachment_size_limit") is { } limit ? (int)Math.Clamp(limit, LeastBytes, LargestBytes) : DiscordAddress.UsualBytes;
            return new Interaction(id, (int)(data.NumberOf("type") is >= 0 and <= 100 and var kind ? kind : 0), data.Of("data") ?? default, from, token, bytes, data.Of("message"));
        }
        return null;
    }
}
