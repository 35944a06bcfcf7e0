using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>An answer.</summary>
internal sealed record ApiAnswer(int Status, JsonNode? Body = null)
{
    public static ApiAnswer Done { get; } = new(204);

    public static ApiAnswer Ok(JsonNode body) => new(200, body);

    public static ApiAnswer Error(int status, int code, string message) => new(status, new JsonObject { ["message"] = message, ["code"] = code });

    public static ApiAnswer NotFound(int code, string what) => Error(404, code, $"Unknown {what}");

    /// <summary>50035, with where and why.</summary>
    public static ApiAnswer Invalid(IEnumerable<(string Path, string Message)> problems)
    {
        var errors = new JsonObject();
        foreach (var (path, message) in problems)
        {
            var at = errors;
            foreach (var part in path.Split('.')) at = (JsonObject)(at[part] ??= new JsonObject());
            ((JsonArray)(at["_errors"] ??= new JsonArray())).Add(new JsonObject { ["code"] = "BASE_TYPE_BAD", ["message"] = message });
        }
        return new ApiAnswer(400, new JsonObject { ["message"] = "Invalid Form Body", ["code"] = 50035, ["errors"] = errors });
    }
}
