using System.Text;
using System.Text.Json;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>Pushes to users, and typing (api_sendcustommessage).</summary>
internal static class CustomService
{
    public static ApiAnswer Send(FakeAccount account, JsonElement json)
    {
        var user = UserOf(account, json);
        var seen = Read(account, json);
        var (code, endsTyping) = user.Windows.TakePush();
        if (code != 0) throw new ApiErrorException(code);
        if (endsTyping) user.Typing.Add(new SeenTyping(false) { At = seen.At });
        user.Show(seen);
        account.Pushes.Add(new Push(user.OpenId, seen));
        return ApiAnswer.Ok;
    }

    public static ApiAnswer Type(FakeAccount account, JsonElement json)
    {
        var user = UserOf(account, json);
        switch (json.Text("command"))
        {
            case "Typing":
                if (user.Windows.BeginTyping() is not 0 and var code) throw new ApiErrorException(code);
                user.Typing.Add(new SeenTyping(true) { At = account.Platform.Clock.GetUtcNow() });
                return ApiAnswer.Ok;
            case "CancelTyping":
                user.Windows.EndTyping();
                user.Typing.Add(new SeenTyping(false) { At = account.Platform.Clock.GetUtcNow() });
                return ApiAnswer.Ok;
            default:
                throw new ApiErrorException(47001);
        }
    }

    private static FakeUser UserOf(FakeAccount account, JsonElement json) => account.KnownUser(json.Text("touser")) ?? throw new ApiErrorException(40003);

    private static Seen Read(FakeAccount account, JsonElement json)
    {
        var at = account.Platform.Clock.GetUtcNow();
        switch (json.Text("msgtype"))
        {
            case "text":
                var text = json.Part("text").Text("content");
                if (text.Length == 0) throw new ApiErrorException(44004);
                return Encoding.UTF8.GetByteCount(text) <= ReplyReader.MostTextBytes ? new SeenText(text) { At = at } : throw new ApiErrorException(45002);
            case "image":
                var id = json.Part("image").Text("media_id");
                return account.Media.Find(id) is { } file ? new SeenPicture(id, file) { At = at } : throw new ApiErrorException(40007);
            case "news":
                var articles = json.Part("news").Part("articles").Items();
                return articles switch
                {
                    [] => throw new ApiErrorException(44003),
                    [var one] => new SeenCard(one.Text("title"), one.Text("description"), one.Text("picurl"), one.Text("url")) { At = at },
                    _ => throw new ApiErrorException(45008),
                };
            default:
                throw new ApiErrorException(40008);
        }
    }
}
