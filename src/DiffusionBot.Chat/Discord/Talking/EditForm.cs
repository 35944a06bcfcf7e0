using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Showing;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>The form in which a request's parameters are changed (components/reference: modal, label, text input).</summary>
internal static class EditForm
{
    /// <summary>Characters that fit into a text input.</summary>
    public const int Most = 4000;

    private const string Input = "words";

    /// <summary>Filled with a parameter text; null where it does not fit.</summary>
    /// <param name="reference">Of which request.</param>
    /// <param name="infotext">Its parameter text.</param>
    /// <param name="texts">In which language.</param>
    public static JsonObject? Of(string reference, string infotext, DiscordTexts texts) => infotext.Length > Most ? null : new JsonObject
    {
        ["custom_id"] = DiscordButtons.IdOf($"{DiscordButtons.Edit} {reference}"),
        ["title"] = texts.EditTitle,
        ["components"] = new JsonArray(new JsonObject
        {
            ["type"] = 18,
            ["label"] = texts.EditLabel,
            ["component"] = new JsonObject { ["type"] = 4, ["custom_id"] = Input, ["style"] = 2, ["value"] = infotext, ["required"] = true, ["max_length"] = Most },
        }),
    };

    /// <summary>What somebody wrote into it; null where there is nothing.</summary>
    /// <param name="data">The interaction's.</param>
    public static string? WordsIn(JsonElement data)
    {
        const int MostComponents = 10;
        foreach (var row in data.ManyOf("components").Take(MostComponents))
        {
            var inputs = row.Of("component") is { } one ? [one] : row.ManyOf("components").Take(MostComponents);
            foreach (var input in inputs)
            {
                if (input.TextOf("custom_id") == Input && input.TextOf("value") is { } words && !string.IsNullOrWhiteSpace(words)) return words.Length > Most ? null : words;
            }
        }
        return null;
    }
}
