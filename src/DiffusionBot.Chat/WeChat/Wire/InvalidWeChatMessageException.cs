namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>What came is no message of WeChat's.</summary>
/// <param name="message">What was found and what was expected. Never what somebody wrote, who they are, or a secret: it goes into the log.</param>
/// <param name="isSigned">Whether WeChat's signature was on it all the same.</param>
internal sealed class InvalidWeChatMessageException(string message, bool isSigned = true) : Exception(message)
{
    /// <summary>False: whoever sent it does not know the token.</summary>
    public bool IsSigned => isSigned;
}
