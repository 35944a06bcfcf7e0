using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>Uploads: multipart/form-data with a file in the field `media`, whose name is plain and quoted.</summary>
internal static partial class MediaForm
{
    /// <summary>Bytes of a picture.</summary>
    public const int Most = 2 << 20;

    public static async Task<ApiAnswer> UploadAsync(FakeAccount account, ApiRequest request)
    {
        if (request.Query("type") != "image") throw new ApiErrorException(40004);
        var file = await ReadAsync(request) ?? throw new ApiErrorException(41005);
        if (PictureKind.MediaTypeOf(file) is null) throw new ApiErrorException(40005);
        if (file.Length > Most) throw new ApiErrorException(40009);
        var id = account.Media.Add(file);
        return ApiAnswer.Json($$"""{"type":"image","media_id":"{{id}}","created_at":{{account.Platform.Clock.GetUtcNow().ToUnixTimeSeconds()}}}""");
    }

    /// <returns>Null: there is no such file.</returns>
    private static async Task<byte[]?> ReadAsync(ApiRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.Http.ContentType, out var type) || type.MediaType != "multipart/form-data") return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > 70) return null;
        try
        {
            var reader = new MultipartReader(boundary, new MemoryStream(request.Body));
            while (await reader.ReadNextSectionAsync() is { } section)
            {
                if (!Disposition().IsMatch(section.ContentDisposition ?? "")) continue;
                using var file = new MemoryStream();
                await section.Body.CopyToAsync(file);
                return file.Length > 0 ? file.ToArray() : null;
            }
            return null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }
    }

    [GeneratedRegex("""^form-data; ?name="media"; ?filename="[^"\\;]+"$""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Disposition();
}
