using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DiffusionBot.Chat.WeChat;

/// <summary>The bytes of a POST, no more of them than a message may have.</summary>
internal static class WeChatEndpointBody
{
    /// <summary>Bytes of the largest body.</summary>
    public const int Most = 64 << 10;

    private const int Piece = 4096;

    /// <summary>Whether the length that is told, if one is, is too much. Tells the server to let in little more, also of what comes without a length and is not read.</summary>
    public static bool IsTooLarge(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = 2 * Most;   // it counts chunks' heads, too
        return context.Request.ContentLength > Most;
    }

    /// <summary>Reads it.</summary>
    /// <returns>Null: it is larger than <see cref="Most"/>.</returns>
    /// <exception cref="IOException">The client is gone, or sent what is no body.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the client is gone.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            using var body = new MemoryStream();
            while (await context.Request.Body.ReadAsync(piece, cancel) is > 0 and var count)
            {
                if (body.Length + count > Most) return null;
                body.Write(piece, 0, count);
            }
            return body.ToArray();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)   // an IOException, too
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
