using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>One request, as often as it is sent.</summary>
internal sealed record DiscordCall(DiscordRoute Route)
{
    /// <summary>Null: none.</summary>
    public JsonNode? Body { get; init; }

    /// <summary>Sent as `files[0]`, `files[1]`, …; each is put into the message's `attachments` behind what stands there already.</summary>
    public IReadOnlyList<DiscordFile> Files { get; init; } = [];

    /// <summary>
    /// Whether doing it twice is the same as once, so that it is sent again where no answer came. Null: by its method, and POST where the body has `nonce` and
    /// `enforce_nonce`, or where it is the first answer to an interaction.
    /// </summary>
    public bool? IsRepeatable { get; init; }

    /// <summary>How long one try may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long it may wait for Discord's limits in all; zero: not at all.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    internal bool MayRepeat => IsRepeatable
        ?? (Route.Method != HttpMethod.Post || Route.Says == MessagePlace.Data || Body is JsonObject { } body && body["nonce"] is not null && body["enforce_nonce"] is JsonValue enforced && enforced.TryGetValue(out bool yes) && yes);
}

/// <summary>A file to send.</summary>
/// <param name="Name">With extension; what is no letter, digit, `.`, `-` or `_` becomes `_`. `SPOILER_` before it covers it. The same name stands in `attachment://NAME`.</param>
/// <param name="Bytes">The file.</param>
/// <param name="ContentType">`image/png`.</param>
/// <param name="Description">In words, for who cannot see it; cut at 1024 characters. Null: none.</param>
internal sealed record DiscordFile(string Name, ReadOnlyMemory<byte> Bytes, string ContentType, string? Description = null)
{
    /// <summary>The name as it is sent.</summary>
    public string SentName { get; } = string.Concat((Name.Length > 0 ? Name : "file").Take(200).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
}
