using System.Collections.Concurrent;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>What is behind PicUrl. No token is needed.</summary>
internal sealed class PictureServer(FakeWeChatPlatform platform)
{
    public const string Root = "/mmbiz/";

    private readonly ConcurrentDictionary<string, byte[]> pictures = new(StringComparer.Ordinal);

    /// <returns>The address.</returns>
    public string Add(byte[] picture)
    {
        var path = $"{Root}{AccountMedia.NewId()}/0";
        pictures[path] = picture;
        return platform.ApiBase + path;
    }

    public ApiAnswer Answer(string path) =>
        pictures.TryGetValue(path, out var picture) ? new ApiAnswer(picture, PictureKind.MediaTypeOf(picture) ?? "application/octet-stream") : new ApiAnswer([], "text/plain", 404);
}
