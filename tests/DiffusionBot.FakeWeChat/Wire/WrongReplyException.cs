namespace DiffusionBot.FakeWeChat.Wire;

/// <summary>A server's answer that WeChat would not show.</summary>
/// <param name="message">What was found and what was expected.</param>
public sealed class WrongReplyException(string message) : Exception(message);
