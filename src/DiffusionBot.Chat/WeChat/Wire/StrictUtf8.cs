using System.Text;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>UTF-8 without repairs.</summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="InvalidWeChatMessageException">It is no UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidWeChatMessageException($"The text of {bytes.Length} bytes is no UTF-8 at byte {e.Index}.");
        }
    }
}
