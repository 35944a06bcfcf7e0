namespace DiffusionBot.Chat;

/// <summary>Who answers messages: adapters bring them here.</summary>
public interface IMessageHandler
{
    /// <summary>What to say at once. What takes longer is delivered later, or waits to be taken (<see cref="IWaitingReplies"/>).</summary>
    Task<IReadOnlyList<ChatReply>> HandleAsync(ChatMessage message, CancellationToken cancel);
}
