using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Tests.Discord.Commands;

/// <summary>An interaction's `data`.</summary>
internal static class Data
{
    /// <summary>Deeper than what comes over the network is ever read.</summary>
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        return document.RootElement.Clone();
    }

    /// <summary>A command with options by name; a number is a number, a string a string.</summary>
    public static JsonElement Command(string name, params (string Name, object? Value)[] options) => Parse(Json(name, options).ToJsonString());

    public static JsonElement Sub(string name, string sub, params (string Name, object? Value)[] options)
    {
        var inner = Json(sub, options);
        return Parse(new JsonObject { ["id"] = "1", ["name"] = name, ["type"] = 1, ["options"] = new JsonArray(inner) }.ToJsonString());
    }

    private static JsonObject Json(string name, (string Name, object? Value)[] options) => new()
    {
        ["id"] = "1",
        ["name"] = name,
        ["type"] = 1,
        ["options"] = new JsonArray([.. options.Select(o => (JsonNode)new JsonObject { ["name"] = o.Name, ["type"] = 3, ["value"] = JsonValue.Create(o.Value) })]),
    };
}
