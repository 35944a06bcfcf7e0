namespace DiffusionBot.Chat.Fetching;

/// <summary>Reads a body no further than it may go, whatever its length claims to be.</summary>
internal static class BoundedBody
{
    /// <summary>The body, or null where it has more bytes than that.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int most, CancellationToken cancel)
    {
        if (content.Headers.ContentLength > most) return null;
        await using var stream = await content.ReadAsStreamAsync(cancel);
        using var body = new MemoryStream();
        var part = new byte[Math.Min(most, 65_535) + 1];
        while (await stream.ReadAsync(part, cancel) is var count and > 0)
        {
            if (body.Length + count > most) return null;
            body.Write(part, 0, count);
        }
        return body.ToArray();
    }
}
