using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>A call's body, to be sent as often as needed: JSON, or a form of `payload_json` and `files[n]` (reference.mdx, uploading files).</summary>
internal sealed class DiscordBody
{
    private readonly ReadOnlyMemory<byte>[] parts;
    private readonly string contentType;

    private DiscordBody(string contentType, params ReadOnlyMemory<byte>[] parts) => (this.contentType, this.parts) = (contentType, parts);

    /// <summary>Null where there is none.</summary>
    /// <exception cref="ArgumentException">Files without a message to put them into.</exception>
    public static DiscordBody? Of(DiscordCall call)
    {
        if (call.Files.Count == 0) return call.Body is null ? null : new DiscordBody("application/json", JsonSerializer.SerializeToUtf8Bytes(call.Body));
        var boundary = $"----DiffusionBot{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        var parts = new List<ReadOnlyMemory<byte>>
        {
            Text($"--{boundary}\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n"),
            JsonSerializer.SerializeToUtf8Bytes(WithAttachments(call)),
        };
        for (var i = 0; i < call.Files.Count; i++)
        {
            var file = call.Files[i];
            parts.Add(Text($"\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"files[{i}]\"; filename=\"{file.SentName}\"\r\nContent-Type: {file.ContentType}\r\n\r\n"));
            parts.Add(file.Bytes);
        }
        parts.Add(Text($"\r\n--{boundary}--\r\n"));
        return new DiscordBody($"multipart/form-data; boundary={boundary}", [.. parts]);
    }

    public HttpContent ToContent() => new Parts(parts) { Headers = { { "Content-Type", contentType } } };

    private static JsonNode WithAttachments(DiscordCall call)
    {
        var place = AllowedMentions.MessageOf(call) is null ? throw new ArgumentException($"{call.Route} has files and no message.", nameof(call)) : call.Route.Says;
        var body = call.Body!.DeepClone();
        var message = place == MessagePlace.Data ? body["data"]! : body;
        var attachments = message["attachments"] as JsonArray ?? [];
        for (var i = 0; i < call.Files.Count; i++)
        {
            var file = call.Files[i];
            var attachment = new JsonObject { ["id"] = i, ["filename"] = file.SentName };
            if (file.Description is { Length: > 0 } words) attachment["description"] = Cut(words, 1024);
            attachments.Add(attachment);
        }
        message["attachments"] = attachments;
        return body;
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    private sealed class Parts(ReadOnlyMemory<byte>[] parts) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            foreach (var part in parts) await stream.WriteAsync(part, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = parts.Sum(part => (long)part.Length);
            return true;
        }
    }
}
