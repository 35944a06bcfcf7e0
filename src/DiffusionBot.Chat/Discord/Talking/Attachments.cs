using System.Text.Json;
using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>Pictures that hang on messages, fetched at once: their addresses are good for a while only.</summary>
internal sealed class Attachments(DiscordFiles files, ILogger<Attachments> log)
{
    private const int Most = 4, MostLooked = 20;

    /// <summary>Whether something that may be a picture hangs there.</summary>
    public static bool HasPictures(JsonElement message) => UrlsOf(message.ManyOf("attachments")).Any();

    /// <summary>The pictures of a message, the first few; and whether one could not be fetched.</summary>
    public Task<(IReadOnlyList<ChatPicture> Pictures, bool IsOneLost)> GetAsync(JsonElement message, CancellationToken cancel) => GetAsync(message.ManyOf("attachments"), cancel);

    /// <summary>The pictures among a command's options, by its `data`; and whether one could not be fetched, or is none.</summary>
    public async Task<(IReadOnlyList<ChatPicture> Pictures, bool IsOneLost)> OfCommandAsync(JsonElement data, CancellationToken cancel)
    {
        var files = data.Of("resolved")?.Of("attachments") is { ValueKind: JsonValueKind.Object } resolved ? resolved.EnumerateObject().Take(MostLooked).Select(file => file.Value).ToList() : [];
        var (pictures, isOneLost) = await GetAsync(files, cancel);
        return (pictures, isOneLost || pictures.Count < files.Count);
    }

    private async Task<(IReadOnlyList<ChatPicture> Pictures, bool IsOneLost)> GetAsync(IEnumerable<JsonElement> hanging, CancellationToken cancel)
    {
        var (pictures, isOneLost) = (new List<ChatPicture>(), false);
        foreach (var url in UrlsOf(hanging).Take(Most))
        {
            try
            {
                pictures.Add(await files.GetAsync(url, cancel));
            }
            catch (DiscordException e)
            {
                DiscordLog.PictureLost(log, e.Message);
                isOneLost = true;
            }
        }
        return (pictures, isOneLost);
    }

    // Not `proxy_url`, which is another file: its parameters are gone.
    private static IEnumerable<string> UrlsOf(IEnumerable<JsonElement> hanging) =>
        hanging.Take(MostLooked).Where(IsPicture).Select(file => file.TextOf("url")).OfType<string>();

    private static bool IsPicture(JsonElement file) =>
        file.TextOf("content_type") is { } type ? type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) : file.NumberOf("width") is not null || file.TextOf("filename") is { } name && Path.GetExtension(name).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".webp" or ".gif" or ".bmp";
}
