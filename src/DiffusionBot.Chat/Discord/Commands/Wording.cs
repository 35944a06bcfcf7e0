using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>A text that Discord shows in its reader's language.</summary>
/// <param name="English">For everybody else.</param>
/// <param name="Simplified">For zh-CN.</param>
/// <param name="Traditional">For zh-TW.</param>
internal sealed record Wording(string English, string Simplified, string Traditional)
{
    /// <summary>The same in all languages.</summary>
    public static Wording Same(string text) => new(text, text, text);

    /// <summary>Writes it as `name` and `name_localizations`.</summary>
    /// <param name="json">Where.</param>
    /// <param name="property">`name`, `description`.</param>
    public void Write(JsonObject json, string property)
    {
        json[property] = English;
        json[$"{property}_localizations"] = new JsonObject { ["zh-CN"] = Simplified, ["zh-TW"] = Traditional };
    }
}
