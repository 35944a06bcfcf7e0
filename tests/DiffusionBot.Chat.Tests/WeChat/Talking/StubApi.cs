using System.Collections.Concurrent;
using System.Text;
using DiffusionBot.Chat.WeChat.Api;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Talking;

/// <summary>WeChat's interface of an account, which notes what it is asked (`text oA: …`) and refuses as told.</summary>
internal sealed class StubApi : IWeChatApi
{
    public ConcurrentQueue<string> Calls { get; } = [];

    public WeChatRights Rights { get; set; } = new(true, true, true);

    /// <summary>Asked before each call, by its name.</summary>
    public Func<string, WeChatApiException?> Refusal { get; set; } = _ => null;

    public byte[] Media { get; set; } = [1, 2, 3];

    public Task SendTextAsync(string openId, string text, CancellationToken cancel) => DoAsync("text", $"{openId}: {text}");

    public Task SendImageAsync(string openId, string mediaId, CancellationToken cancel) => DoAsync("image", $"{openId}: {mediaId}");

    public Task SendNewsAsync(string openId, NewsArticle article, CancellationToken cancel) => DoAsync("card", $"{openId}: {article.Title} {article.Url}");

    public Task ShowTypingAsync(string openId, CancellationToken cancel) => DoAsync("typing", openId);

    public async Task<string> UploadImageAsync(ReadOnlyMemory<byte> jpeg, string fileName, CancellationToken cancel)
    {
        await DoAsync("upload", fileName);
        return $"media of {Encoding.UTF8.GetString(jpeg.Span)}";
    }

    public Task ForgetImageAsync(ReadOnlyMemory<byte> jpeg, CancellationToken cancel) => DoAsync("forget", Encoding.UTF8.GetString(jpeg.Span));

    public async Task<ChatPicture> GetMediaAsync(string mediaId, CancellationToken cancel)
    {
        await DoAsync("media", mediaId);
        return new ChatPicture(Media);
    }

    public async Task<ChatPicture> GetPictureAsync(string picUrl, CancellationToken cancel)
    {
        await DoAsync("picture", picUrl);
        return new ChatPicture(Media);
    }

    public Task PrepareAsync(CancellationToken cancel) => Task.CompletedTask;

    private Task DoAsync(string name, string what)
    {
        Calls.Enqueue($"{name} {what}");
        return Refusal(name) is { } refusal ? Task.FromException(refusal) : Task.CompletedTask;
    }
}

/// <summary>A picture's "JPEG" is its bytes with a mark.</summary>
internal sealed class StubConverter : IPictureConverter
{
    public byte[] JpegAtMost(ReadOnlyMemory<byte> picture, int maxBytes) => [.. "jpeg "u8, .. picture.Span];

    public byte[] AtLeast(ReadOnlyMemory<byte> picture, int leastEdge) => picture.ToArray();

    public byte[] Grid(IReadOnlyList<ReadOnlyMemory<byte>> pictures, int maxEdge) => [.. "grid "u8, .. pictures.SelectMany(picture => picture.ToArray())];
}
