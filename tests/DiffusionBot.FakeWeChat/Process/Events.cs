using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.FakeWeChat.Api;
using DiffusionBot.FakeWeChat.Users;

namespace DiffusionBot.FakeWeChat.Process;

/// <summary>What happened, as JSON.</summary>
internal static class Events
{
    public static JsonObject Of(string account, string user, Seen seen)
    {
        var json = new JsonObject { ["event"] = seen is SeenTyping ? "typing" : "seen", ["account"] = account, ["user"] = user, ["at"] = seen.At.ToUnixTimeMilliseconds(), ["isReply"] = seen.IsReply };
        switch (seen)
        {
            case SeenText text:
                (json["kind"], json["text"]) = ("text", text.Text);
                json["links"] = new JsonArray([.. text.Links.Select(link => new JsonObject { ["text"] = link.Text, ["href"] = link.Href })]);
                break;
            case SeenPicture picture:
                (json["kind"], json["mediaId"], json["bytes"], json["sha256"]) = ("picture", picture.MediaId, picture.Bytes.Length, Convert.ToHexStringLower(SHA256.HashData(picture.Bytes)));
                break;
            case SeenCard card:
                (json["kind"], json["title"], json["description"], json["picUrl"], json["url"]) = ("card", card.Title, card.Description, card.PicUrl, card.Url);
                break;
            case SeenUnavailable:
                (json["kind"], json["text"]) = ("unavailable", SeenUnavailable.Text);
                break;
            case SeenTyping typing:
                json["isOn"] = typing.IsOn;
                break;
        }
        return json;
    }

    public static JsonObject Of(ApiCall call) => new()
    {
        ["event"] = "call",
        ["path"] = call.Path,
        ["account"] = call.Account,
        ["at"] = call.At.ToUnixTimeMilliseconds(),
        ["code"] = call.Code,
        ["bytes"] = call.Body.Length,
        ["body"] = call.Path == "media/upload" ? null : call.Text,
    };

    public static JsonObject Of(Delivery delivery) => new()
    {
        ["outcome"] = Name(delivery.Outcome),
        ["msgId"] = delivery.MsgId,
        ["tries"] = new JsonArray([.. delivery.Tries.Select(Of)]),
    };

    public static JsonObject Of(DeliveryTry made) => new()
    {
        ["begun"] = made.Begun.ToUnixTimeMilliseconds(),
        ["ms"] = (long)made.Latency.TotalMilliseconds,
        ["end"] = Name(made.End),
        ["status"] = made.Status,
        ["body"] = made.Body,
    };

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
