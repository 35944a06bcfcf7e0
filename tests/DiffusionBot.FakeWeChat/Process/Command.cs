using System.Text.Json.Nodes;

namespace DiffusionBot.FakeWeChat.Process;

/// <summary>A line that came in.</summary>
internal sealed class Command(JsonObject json)
{
    public JsonNode? Id => json["id"]?.DeepClone();

    public string Do => Text("do");

    public string Text(string name) => TextOrNull(name) ?? throw new FormatException($"\"{name}\" is missing; expected a string.");

    public string? TextOrNull(string name) => json[name]?.GetValue<string>();

    public int Number(string name, int otherwise) => json[name]?.GetValue<int>() ?? otherwise;

    public bool Is(string name) => json[name]?.GetValue<bool>() ?? false;

    /// <summary>`"base64"`, or the file that `"file"` names.</summary>
    public byte[] Bytes() => TextOrNull("base64") is { } base64 ? Convert.FromBase64String(base64) : File.ReadAllBytes(Text("file"));

    public IEnumerable<(string Name, string Value)> Fields() => json["fields"]?.AsObject().Select(field => (field.Key, field.Value!.GetValue<string>())) ?? [];
}
