using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>One message of a reply, on its way to Discord.</summary>
/// <param name="Content">At most 2000 characters; may be empty where there is something else.</param>
internal sealed record DiscordPart(string Content)
{
    public const int Ephemeral = 1 << 6;

    /// <summary>Sent along.</summary>
    public IReadOnlyList<DiscordFile> Files { get; init; } = [];

    /// <summary>What is to be known of the pictures; null: nothing.</summary>
    public JsonObject? Embed { get; init; }

    /// <summary>Rows of buttons; may be empty.</summary>
    public JsonArray Buttons { get; init; } = [];

    /// <summary>Whom it calls; null: nobody.</summary>
    public ulong? Calls { get; init; }

    /// <summary>All of a message: what stood there before in its place, files too, is no more.</summary>
    public JsonObject ToBody() => new()
    {
        ["content"] = Content,
        ["embeds"] = Embed is null ? [] : new JsonArray(Embed.DeepClone()),
        ["components"] = Buttons.DeepClone(),
        ["attachments"] = new JsonArray(),
        ["allowed_mentions"] = Calls is { } user ? AllowedMentions.User(user) : AllowedMentions.None(),
    };

    /// <summary>The same with a line before it that calls somebody.</summary>
    public DiscordPart Calling(ulong user, string line) => this with { Content = DiscordText.Cut(Content.Length == 0 ? line : $"{line}\n{Content}", DiscordText.Most), Calls = user };
}
