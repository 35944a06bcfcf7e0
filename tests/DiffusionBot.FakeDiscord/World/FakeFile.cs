using System.Buffers.Binary;
using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord.Rest;

namespace DiffusionBot.FakeDiscord;

/// <summary>A file that hangs on a message, or was sent with a command.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Name">As sent.</param>
/// <param name="ContentType">As sent.</param>
/// <param name="Bytes">The original, as `url` gives it.</param>
/// <param name="Description">Null: none.</param>
public sealed record FakeFile(ulong Id, string Name, string ContentType, byte[] Bytes, string? Description)
{
    internal JsonObject ToJson(DiscordServer discord, ulong channel)
    {
        var json = new JsonObject
        {
            ["id"] = Ids.Text(Id),
            ["filename"] = Name,
            ["size"] = Bytes.Length,
            ["content_type"] = ContentType,
            ["url"] = discord.Cdn.UrlOf(channel, this),
            ["proxy_url"] = discord.Cdn.UrlOf(channel, this) + "&format=webp&quality=lossless",
        };
        if (Description is not null) json["description"] = Description;
        if (Bytes.Length >= 24 && Bytes[0] == 0x89 && Bytes[1] == 'P')
        {
            json["width"] = BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(16));
            json["height"] = BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(20));
        }
        return json;
    }
}
