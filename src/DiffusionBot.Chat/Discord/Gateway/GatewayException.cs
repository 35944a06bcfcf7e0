namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>Connecting again is useless until somebody did something.</summary>
/// <param name="closeCode">What Discord closed the connection with; 0: something else.</param>
/// <param name="message">What happened, and what an operator must do.</param>
internal sealed class GatewayException(int closeCode, string message) : Exception(message)
{
    public int CloseCode => closeCode;
}
