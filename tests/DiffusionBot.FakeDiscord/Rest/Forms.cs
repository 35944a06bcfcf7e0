using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>Bodies: JSON, or forms with `payload_json` and `files[n]`.</summary>
internal static class Forms
{
    /// <summary>Null problem: it could be read.</summary>
    public static async Task<(JsonNode? Body, Dictionary<int, SentFile> Files, ApiAnswer? Problem)> ReadAsync(HttpRequest request, int most)
    {
        var files = new Dictionary<int, SentFile>();
        if (request.ContentLength is 0 or null && !request.Headers.ContainsKey("Transfer-Encoding")) return (null, files, null);
        if (request.ContentLength > most) return (null, files, ApiAnswer.Error(413, 40005, "Request entity too large"));
        try
        {
            if (!request.HasFormContentType)
            {
                if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true) return (null, files, ApiAnswer.Error(400, 50035, $"Expected Content-Type application/json, found {request.ContentType}"));
                return (await JsonNode.ParseAsync(request.Body), files, null);
            }
            var form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = most, BufferBodyLengthLimit = most });
            foreach (var file in form.Files)
            {
                if (!file.Name.StartsWith("files[", StringComparison.Ordinal) || !int.TryParse(file.Name[6..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var n))
                    return (null, files, ApiAnswer.Error(400, 50035, $"Expected files[n], found {file.Name}"));
                using var bytes = new MemoryStream();
                await file.CopyToAsync(bytes);
                files[n] = new SentFile(file.FileName, file.ContentType, bytes.ToArray());
            }
            var payload = form["payload_json"].ToString();
            return (payload.Length > 0 ? JsonNode.Parse(payload) : null, files, null);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or BadHttpRequestException)
        {
            return (null, files, ApiAnswer.Error(400, 50109, "The request body contains invalid JSON."));
        }
    }
}
