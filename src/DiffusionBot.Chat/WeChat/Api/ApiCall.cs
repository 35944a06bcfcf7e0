using System.Text.Json;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>What WeChat grants or not.</summary>
internal enum WeChatRight
{
    CustomerService,
    Media,
    Menu,
}

/// <summary>One request, as often as it is sent.</summary>
/// <param name="Name">The path below /cgi-bin/.</param>
/// <param name="Right">What it takes; null: nothing.</param>
internal sealed record ApiCall(string Name, WeChatRight? Right)
{
    public const string CustomSend = "message/custom/send", CustomTyping = "message/custom/typing", MediaUpload = "media/upload", MediaGet = "media/get", MenuCreate = "menu/create",
        StableToken = "stable_token";

    private const int MostJson = 1 << 20;

    /// <summary>Besides the token: `a=b&amp;c=d`.</summary>
    public string Query { get; init; } = "";

    /// <summary>Null: GET.</summary>
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>For one try.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest answer, in bytes.</summary>
    public int MostBytes { get; init; } = MostJson;

    /// <summary>Whether the answer may be a file. What is not is JSON.</summary>
    public bool WantsFile { get; init; }

    /// <summary>Whether users see it again when it is done again.</summary>
    public bool ShowsTwice => Name == CustomSend;

    /// <summary>Whether it does harm twice: it is not sent again once it may have arrived.</summary>
    public bool OnlyOnce { get; init; } = Name == CustomSend;

    /// <summary>A POST of JSON.</summary>
    public static ApiCall Post(string name, WeChatRight? right, Action<Utf8JsonWriter> body) => new(name, right) { Body = WeChatJson.Object(body) };
}
