using System.Text;
using System.Text.Json;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>The menu's limits (api_createcustommenu): 3 buttons, 5 below each; names 16 and 60 bytes, keys 128, addresses 1024.</summary>
internal static class Menu
{
    private static readonly HashSet<string> keyed = new(StringComparer.Ordinal)
    {
        "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
    };

    public static ApiAnswer Create(FakeAccount account, ApiRequest request)
    {
        var buttons = request.Json().Part("button").Items();
        Check(buttons.Length is >= 1 and <= 3, 40016);
        foreach (var button in buttons)
        {
            var below = button.Part("sub_button").Items();
            Check(below.Length <= 5, 40023);
            Check(Bytes(button.Text("name")) is >= 1 and <= 16, 40018);
            if (below.Length == 0) CheckAction(button, 40017, 40019, 40020);
            foreach (var sub in below)
            {
                Check(Bytes(sub.Text("name")) is >= 1 and <= 60, 40025);
                CheckAction(sub, 40024, 40026, 40027);
            }
        }
        account.Menu = request.Json().GetRawText();
        return ApiAnswer.Ok;
    }

    private static void CheckAction(JsonElement button, int type, int key, int url)
    {
        var kind = button.Text("type");
        Check(kind == "view" || keyed.Contains(kind), type);
        if (kind == "view") Check(Bytes(button.Text("url")) is >= 1 and <= 1024, url);
        else Check(Bytes(button.Text("key")) is >= 1 and <= 128, key);
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static void Check(bool isRight, int code)
    {
        if (!isRight) throw new ApiErrorException(code);
    }
}
