using System.Net;
using System.Text;
using System.Text.Json;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>What came of one try.</summary>
/// <param name="Status">HTTP; 0: no answer.</param>
internal sealed record DiscordReply(int Status)
{
    private const int DeepestErrors = 8, MostText = 500;

    /// <summary>Undefined where there is none.</summary>
    public JsonElement Json { get; private init; }

    /// <summary>Discord's code; 0: none.</summary>
    public int Code { get; private init; }

    /// <summary>What Discord said against it, or why there is no answer.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Of a 429.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Of a 429: `user`, `global` or `shared`.</summary>
    public string? Scope { get; init; }

    /// <summary>Whether Discord cannot have done it.</summary>
    public bool WasNeverSent { get; private init; }

    /// <summary>Whether it is what was asked for.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether Discord failed, not we.</summary>
    public bool IsFailure => Status is 0 or >= 500;

    public static DiscordReply NoAnswer(string why, bool wasNeverSent = false) => new(0) { Text = why, WasNeverSent = wasNeverSent };

    /// <summary>Reads an answer. What is no JSON is only a problem where it should have been.</summary>
    public static DiscordReply Read(HttpResponseMessage response, byte[] body)
    {
        var status = (int)response.StatusCode;
        JsonElement json = default;
        if (body.Length > 0)
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                json = document.RootElement.Clone();
            }
            catch (JsonException) when (status is < 200 or >= 300)
            {
                // A page of whatever stands between us.
            }
            catch (JsonException e)
            {
                return NoAnswer($"HTTP {status} with {body.Length} bytes that are no JSON ({e.Message})");
            }
        }
        var reply = new DiscordReply(status) { Json = json };
        if (reply.IsSuccess) return reply;
        var code = json.NumberOf("code") is >= 0 and <= int.MaxValue and var number ? (int)number : 0;
        var after = status == (int)HttpStatusCode.TooManyRequests ? RetryAfterOf(response, json) : null;
        return reply with { Code = code, Text = TextOf(json), RetryAfter = after, Scope = RateHeaders.IsGlobal(response.Headers) || Is(json, "global") ? "global" : RateHeaders.Scope(response.Headers) };
    }

    // The body has fractions, the header whole seconds; without either Discord did not speak (an address that is shut out).
    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, JsonElement json) =>
        json.Of("retry_after") is { ValueKind: JsonValueKind.Number } after && after.TryGetDouble(out var seconds) && RateHeaders.Seconds(seconds) is { } wait ? wait : RateHeaders.RetryAfter(response.Headers) ?? TimeSpan.FromMinutes(1);

    private static bool Is(JsonElement json, string name) => json.FlagOf(name) == true;

    private static string TextOf(JsonElement json)
    {
        var text = new StringBuilder(json.TextOf("message"));
        if (json.Of("errors") is { } errors) Errors(errors, "", 0, text);
        return text.ToString();
    }

    // {"embeds":{"0":{"title":{"_errors":[{"code":"…","message":"…"}]}}}} → "; embeds.0.title: …"
    private static void Errors(JsonElement at, string path, int depth, StringBuilder text)
    {
        if (at.ValueKind != JsonValueKind.Object || depth > DeepestErrors) return;
        foreach (var property in at.EnumerateObject())
        {
            if (text.Length > MostText) return;
            var name = property.NameText() ?? "?";
            if (name != "_errors") Errors(property.Value, path.Length == 0 ? name : $"{path}.{name}", depth + 1, text);
            else if (property.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (var message in property.Value.EnumerateArray().Take(3).Select(error => error.TextOf("message")).OfType<string>()) text.Append("; ").Append(path).Append(": ").Append(message);
            }
        }
    }
}
