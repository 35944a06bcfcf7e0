using System.Globalization;
using System.Security.Cryptography;
using DiffusionBot.Chat;
using DiffusionBot.Imaging;
using DiffusionBot.Web.Guards;

namespace DiffusionBot.Web.Chat;

/// <summary>What a visitor sends, checked.</summary>
/// <param name="Id">The page's: sent twice, it is one message.</param>
/// <param name="ReplyTo">The line that it answers; null: none.</param>
/// <param name="After">The last line that the page shows.</param>
internal sealed record IncomingMessage(string Id, string Text, IReadOnlyList<ChatPicture> Pictures, long? ReplyTo, long After)
{
    /// <summary>Keys of answers begin with it.</summary>
    private const int ShortestId = 8, LongestId = 32;

    /// <exception cref="WebRefusal">Too long, too large, or no picture.</exception>
    public static async Task<IncomingMessage> ReadAsync(IFormCollection form, CancellationToken cancel)
    {
        // A choice goes before what happens to stand in the form.
        var text = (form["words"].ToString() is { Length: > 0 } words ? words : form["text"].ToString()).ReplaceLineEndings("\n").Trim();
        if (text.Length > FormGuard.LongestText || form.Files.Count > FormGuard.MostPictures) throw FormGuard.TooLarge();
        var pictures = new List<ChatPicture>();
        foreach (var file in form.Files.Where(f => f.Name == "pictures" && f.Length > 0)) pictures.Add(await ReadPictureAsync(file, cancel));
        if (text.Length == 0 && pictures.Count == 0) throw new WebRefusal(StatusCodes.Status400BadRequest, new("An empty message.", "消息是空的。"));
        return new IncomingMessage(IdOf(form["id"].ToString()), text, pictures, NumberOf(form["replyTo"].ToString()), NumberOf(form["after"].ToString()) ?? 0);
    }

    private static async Task<ChatPicture> ReadPictureAsync(IFormFile file, CancellationToken cancel)
    {
        if (file.Length > FormGuard.LargestPicture) throw FormGuard.TooLarge();
        var bytes = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(bytes, cancel);
        try
        {
            _ = PictureHeader.Read(bytes);
        }
        catch (InvalidPictureException)
        {
            throw new WebRefusal(StatusCodes.Status415UnsupportedMediaType,
                new("That is no picture that I can read: PNG, JPEG, WebP, GIF or BMP.", "这个文件不是能读取的图片：支持 PNG、JPEG、WebP、GIF、BMP。"));
        }
        return new ChatPicture(bytes, Path.GetFileName(file.FileName) is { Length: > 0 and <= 200 } name ? name : null);
    }

    private static string IdOf(string id) =>
        id.Length is >= ShortestId and <= LongestId && id.All(char.IsAsciiLetterOrDigit) ? id : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static long? NumberOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
