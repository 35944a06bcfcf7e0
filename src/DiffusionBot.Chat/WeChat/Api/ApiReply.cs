using System.Net;
using System.Text;
using System.Text.Json;
using DiffusionBot.Chat.Fetching;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>What came back from one try.</summary>
internal sealed record ApiReply
{
    /// <summary>WeChat's errcode; 0: done, or no answer (then there is a <see cref="Failure"/>).</summary>
    public int Code { get; private init; }

    /// <summary>WeChat's errmsg, with its `rid`.</summary>
    public string Text { get; private init; } = "";

    /// <summary>What came instead of an answer: what was found, and what was expected. Null: there is an answer.</summary>
    public string? Failure { get; private init; }

    /// <summary>Whether this host is out of order, so that another one may do.</summary>
    public bool HostFailed { get; private init; }

    /// <summary>Whether it may have been done, though no answer says so.</summary>
    public bool MayBeDone { get; private init; }

    /// <summary>The answer, where it is JSON.</summary>
    public JsonElement Json { get; private init; }

    /// <summary>The answer, where it is a file.</summary>
    public byte[]? File { get; private init; }

    /// <summary>Whether another try may help.</summary>
    public bool MayPass => HostFailed || Code == WeChatCode.Busy;

    /// <summary>Nobody answered, or only a gateway.</summary>
    /// <param name="failure">What was found instead.</param>
    /// <param name="wasSent">False: not even a connection came to be.</param>
    public static ApiReply NoAnswer(string failure, bool wasSent) => new() { Failure = failure, HostFailed = true, MayBeDone = wasSent };

    /// <summary>An answer that is none.</summary>
    public static ApiReply Odd(string failure) => new() { Failure = failure, MayBeDone = true };

    /// <summary>Reads an answer. HTTP 200 says nothing: WeChat refuses with it too.</summary>
    public static ApiReply Read(ApiCall call, HttpStatusCode status, string? mediaType, byte[] body)
    {
        if (call.WantsFile && status == HttpStatusCode.OK && (PictureBytes.IsPicture(body) || !MayBeJson(mediaType, body))) return new ApiReply { File = body };
        try
        {
            var bytes = body.AsMemory(body.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16 });
            if (json.RootElement.ValueKind != JsonValueKind.Object) return Odd($"the answer is JSON, but no object: {json.RootElement.ValueKind}");
            foreach (var property in json.RootElement.EnumerateObject()) _ = property.Name;   // later nobody looks whether a name can be read
            var code = CodeOf(json.RootElement);
            if (code is null) return Odd("the answer's errcode is no number");
            if (code == 0 && status != HttpStatusCode.OK) return Odd($"HTTP {(int)status}; expected 200");
            return new ApiReply { Code = code.Value, Text = TextOf(json.RootElement, "errmsg") ?? "", Json = json.RootElement.Clone() };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)   // the latter: half of a surrogate pair, escaped, in a name
        {
            return Odd($"HTTP {(int)status} with {PictureBytes.Describe(mediaType, body)}; expected JSON");
        }
    }

    /// <summary>A string of the answer; null where there is none.</summary>
    public string? TextOf(string name) => Json.ValueKind == JsonValueKind.Object ? TextOf(Json, name) : null;

    /// <summary>A number of the answer; null where there is none.</summary>
    public long? NumberOf(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static bool MayBeJson(string? mediaType, ReadOnlySpan<byte> body) =>
        mediaType is not null && (mediaType.Contains("json", StringComparison.OrdinalIgnoreCase) || mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)) || body.TrimStart(" \r\n\t"u8) is [(byte)'{', ..];

    private static int? CodeOf(JsonElement json)
    {
        if (!json.TryGetProperty("errcode", out var code)) return 0;
        return code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) ? number : null;
    }

    private static string? TextOf(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)   // half of a surrogate pair, escaped
        {
            return null;
        }
    }
}
