using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>A request, and the JSON in it.</summary>
/// <param name="Name">The path below /cgi-bin/.</param>
/// <param name="Http">The request.</param>
/// <param name="Body">Its body.</param>
internal sealed partial record ApiRequest(string Name, HttpRequest Http, byte[] Body)
{
    private static readonly UTF8Encoding strict = new(false, true);

    public string Query(string name) => Http.Query[name].ToString();

    /// <summary>Reads the body as one JSON object.</summary>
    /// <exception cref="ApiErrorException">44002, 47001, or 40033: WeChat takes no \u escapes.</exception>
    public JsonElement Json()
    {
        if (Body.Length == 0) throw new ApiErrorException(44002);
        try
        {
            var text = strict.GetString(Body);
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new ApiErrorException(47001);
            return Escapes().IsMatch(text) ? throw new ApiErrorException(40033) : json.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            throw new ApiErrorException(47001);
        }
    }

    // A backslash before the u that is not itself escaped.
    [GeneratedRegex(@"(?<!\\)(\\\\)*\\u[0-9A-Fa-f]{4}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escapes();
}

/// <summary>A call ends with an errcode.</summary>
internal sealed class ApiErrorException(int code) : Exception(ApiErrors.TextOf(code))
{
    public int Code => code;
}

/// <summary>Reads what may be missing or of another kind.</summary>
internal static class JsonParts
{
    public static string Text(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static JsonElement Part(this JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    public static JsonElement[] Items(this JsonElement json) => json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray()] : [];
}
