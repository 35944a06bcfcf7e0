using System.Security.Cryptography;
using System.Text.Json;
using DiffusionBot.Chat.Fetching;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Api;

/// <inheritdoc cref="IWeChatApi"/>
/// <param name="name">The account's.</param>
/// <param name="account">Its settings.</param>
/// <param name="options">Those of all.</param>
/// <param name="http">Follows no redirects and keeps no cookies; its own timeout is off.</param>
/// <param name="hosts">Which one answers.</param>
/// <param name="notes">Tokens and media ids, for all hosts.</param>
/// <param name="clock">What time it is.</param>
/// <param name="log">For operators.</param>
internal sealed class WeChatApi(
    string name, WeChatAccountOptions account, WeChatOptions options, HttpClient http, ApiHosts hosts, ISharedNotes notes, TimeProvider clock, ILogger log) : IWeChatApi
{
    private const int LargestUpload = 2 << 20;

    private static readonly string[] usualPictureHosts = ["mmbiz.qpic.cn", "mmbiz.qlogo.cn", "*.qpic.cn"];

    private static readonly TimeSpan picturePatience = TimeSpan.FromSeconds(9), mediaPatience = TimeSpan.FromSeconds(30), mediaKept = TimeSpan.FromHours((3 * 24) - 1);

    private readonly ApiCaller caller = new(name, account, http, hosts, notes, clock, log);
    private readonly PictureFetch pictures = PicturesOf(options, http, clock);

    public WeChatRights Rights => caller.Rights;

    public Task SendTextAsync(string openId, string text, CancellationToken cancel) => SendAsync(openId, "text", json => json.Text("content", text), cancel);

    public Task SendImageAsync(string openId, string mediaId, CancellationToken cancel) => SendAsync(openId, "image", json => json.Text("media_id", mediaId), cancel);

    public Task SendNewsAsync(string openId, NewsArticle article, CancellationToken cancel) => SendAsync(
        openId, "news",
        json =>
        {
            json.WriteStartArray("articles");   // more than one is refused (45008)
            json.WriteStartObject();
            json.Text("title", article.Title);
            json.Text("description", article.Description);
            json.Text("url", article.Url.AbsoluteUri);
            json.Text("picurl", article.PicUrl.AbsoluteUri);
            json.WriteEndObject();
            json.WriteEndArray();
        },
        cancel);

    public async Task ShowTypingAsync(string openId, CancellationToken cancel)
    {
        try
        {
            await caller.CallAsync(Typing(openId), cancel);
        }
        catch (WeChatApiException e) when (e.Code is WeChatCode.TypingTooLate or WeChatCode.TypingAlready)
        {
            // It is shown already, or nobody looks.
        }
    }

    public async Task<string> UploadImageAsync(ReadOnlyMemory<byte> jpeg, string fileName, CancellationToken cancel)
    {
        if (jpeg.Length > LargestUpload) throw new ArgumentException($"{fileName} has {jpeg.Length} bytes; WeChat takes {LargestUpload}.", nameof(jpeg));
        var key = KeyOf(jpeg);
        if (await notes.FindAsync(key, cancel) is { } known) return known.Value;
        var (body, contentType) = MediaForm.Of(jpeg.Span, fileName);
        var call = new ApiCall(ApiCall.MediaUpload, WeChatRight.Media) { Query = "type=image", Body = body, ContentType = contentType, Patience = mediaPatience };
        var reply = await caller.CallAsync(call, cancel);
        if (reply.TextOf("media_id") is not { Length: > 0 and <= 512 } mediaId) throw caller.Error(call, "the answer has no media_id of 1 to 512 characters");
        await notes.SetAsync(key, mediaId, mediaKept, cancel);
        return mediaId;
    }

    public Task ForgetImageAsync(ReadOnlyMemory<byte> jpeg, CancellationToken cancel) => notes.RemoveAsync(KeyOf(jpeg), cancel);

    public async Task<ChatPicture> GetMediaAsync(string mediaId, CancellationToken cancel)
    {
        var call = MediaGet(mediaId);
        var reply = await caller.CallAsync(call, cancel);
        return reply.File is { } file && PictureBytes.IsPicture(file) ? new ChatPicture(file)
            : throw caller.Error(call, $"it is {(reply.File is { } other ? PictureBytes.Describe(null, other) : "JSON without an errcode (a video, perhaps)")}; expected a PNG, JPEG, GIF, WebP or BMP");
    }

    public async Task<ChatPicture> GetPictureAsync(string picUrl, CancellationToken cancel)
    {
        try
        {
            return new ChatPicture(await pictures.GetAsync(picUrl, cancel));
        }
        catch (PictureLostException e)
        {
            throw new WeChatApiException($"WeChat account \"{name}\": a user's picture (PicUrl): {e.Message}.", 0, inner: e);
        }
    }

    public async Task PrepareAsync(CancellationToken cancel)
    {
        if (account.Kind != WeChatKind.Certified) return;
        await caller.SignInAsync(cancel);
        // Neither can exist, so that nobody notices; WeChat looks for the right before it looks for them.
        await ProbeAsync(Typing("no-such-user"), cancel);
        await ProbeAsync(MediaGet("no-such-media"), cancel);
        if (account.Menu.Count > 0) await PutUpMenuAsync(cancel);
        var rights = Rights;
        WeChatApiLog.Ready(log, name, rights.CustomerService, rights.Media, rights.Menu);
    }

    private static PictureFetch PicturesOf(WeChatOptions options, HttpClient http, TimeProvider clock)
    {
        var hosts = new HostList(options.PictureHosts, usualPictureHosts);
        return new PictureFetch(http, hosts.Allows, $"http or https and one of {hosts.All} ({WeChatOptions.Section}:{nameof(WeChatOptions.PictureHosts)})", options.LargestPicture, picturePatience, clock);
    }

    private Task SendAsync(string openId, string kind, Action<Utf8JsonWriter> content, CancellationToken cancel) => caller.CallAsync(
        ApiCall.Post(ApiCall.CustomSend, WeChatRight.CustomerService, json =>
        {
            json.Text("touser", openId);
            json.Text("msgtype", kind);
            json.WriteStartObject(kind);
            content(json);
            json.WriteEndObject();
        }),
        cancel);

    // What WeChat says is heard in the gate; only silence, and a token that is refused, tell nothing.
    private async Task ProbeAsync(ApiCall call, CancellationToken cancel)
    {
        try
        {
            await caller.CallAsync(call, cancel);
        }
        catch (WeChatApiException e) when (WeChatCode.IsAboutTheCall(e.Code))
        {
            return;
        }
    }

    private async Task PutUpMenuAsync(CancellationToken cancel)
    {
        try
        {
            await caller.CallAsync(ApiCall.Post(ApiCall.MenuCreate, WeChatRight.Menu, json => json.WriteMenu(account.Menu)), cancel);
        }
        catch (WeChatApiException e) when (e.Code == WeChatCode.NoRight)
        {
            // Said already.
        }
        catch (WeChatApiException e) when (WeChatCode.IsAboutTheCall(e.Code))
        {
            WeChatApiLog.NoMenu(log, name, e.Message);
        }
    }

    private static ApiCall Typing(string openId) => ApiCall.Post(ApiCall.CustomTyping, WeChatRight.CustomerService, json =>
    {
        json.Text("touser", openId);
        json.Text("command", "Typing");
    });

    private ApiCall MediaGet(string mediaId) => new(ApiCall.MediaGet, WeChatRight.Media)
    {
        Query = $"media_id={Uri.EscapeDataString(mediaId)}",
        Patience = mediaPatience,
        MostBytes = options.LargestPicture,
        WantsFile = true,
    };

    private string KeyOf(ReadOnlyMemory<byte> jpeg) => $"wechat/media/{account.AppId}/{Convert.ToHexStringLower(SHA256.HashData(jpeg.Span))[..32]}";
}
