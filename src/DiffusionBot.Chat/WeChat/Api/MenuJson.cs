using System.Text.Json;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>The menu of the options as menu/create takes it (api_createcustommenu).</summary>
internal static class MenuJson
{
    public static void WriteMenu(this Utf8JsonWriter json, IEnumerable<WeChatButtonOptions> menu) => json.WriteButtons("button", menu);

    private static void WriteButtons(this Utf8JsonWriter json, string name, IEnumerable<WeChatButtonOptions> buttons)
    {
        json.WriteStartArray(name);
        foreach (var button in buttons)
        {
            json.WriteStartObject();
            json.Text("name", button.Name);
            if (button.Buttons.Count > 0)
            {
                json.WriteButtons("sub_button", button.Buttons);
            }
            else
            {
                json.Text("type", button.Url is null ? "click" : "view");
                if (button.Url is not null) json.Text("url", button.Url);
                else json.Text("key", button.Say ?? "");
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
