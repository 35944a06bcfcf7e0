using System.Text.Json;
using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>Pictures that hang on messages, fetched at once: their addresses are good for a while only.</summary>
internal sealed class Attachments(DiscordFiles files, ILogger<Attachments> log)
{
    private const int Most = 4, MostLooked = 20;

    /// <summary>Whether something that may be a picture hangs there.</summary>
    public static bool HasPictures(JsonElement message) => UrlsOf(message).Any();

    /// <summary>The pictures of a message, the first few; and whether one could not be fetched.</summary>
    public async Task<(IReadOnlyList<ChatPicture> Pictures, bool IsOneLost)> GetAsync(JsonElement message, CancellationToken cancel)
    {
        var (pictures, isOneLost) = (new List<ChatPicture>(), false);
        foreach (var url in UrlsOf(message).Take(Most))
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
    private static IEnumerable<string> UrlsOf(JsonElement message) =>
        message.ManyOf("attachments").Take(MostLooked).Where(IsPicture).Select(file => file.TextOf("url")).OfType<string>();

    private static bool IsPicture(JsonElement file) =>
        file.TextOf("content_type") is { } type ? type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) : file.NumberOf("width") is not null || file.TextOf("filename") is { } name && Path.GetExtension(name).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".webp" or ".gif" or ".bmp";
}
