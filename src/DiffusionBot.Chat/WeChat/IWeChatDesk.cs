using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.WeChat;

/// <summary>What an account says to a message: the endpoint hands over only what is signed, decrypted and checked.</summary>
internal interface IWeChatDesk
{
    /// <summary>Answers within the time that WeChat gives.</summary>
    /// <param name="account">The account's name.</param>
    /// <param name="message">What came.</param>
    /// <param name="hungUp">WeChat waits no more.</param>
    Task<WeChatAnswer> AnswerAsync(string account, WeChatMessage message, CancellationToken hungUp);
}

/// <summary>What is written into the response.</summary>
/// <param name="Reply">Null: `success`, which says nothing to the user.</param>
internal sealed record WeChatAnswer(PassiveReply? Reply)
{
    /// <summary>Nothing is written at all, so that WeChat hangs up and asks again.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Told what became of it: whether it was written while WeChat still listened. Called exactly once.</summary>
    public Func<bool, Task> WrittenAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>`success`: heard, nothing to say.</summary>
    public static WeChatAnswer Success { get; } = new((PassiveReply?)null);
}
