using DiffusionBot.Chat;

namespace DiffusionBot.Bot;

/// <summary>Where chat meets generation: a message in, what to say at once out. What takes longer is delivered through the outbox.</summary>
internal sealed class ChatRouter
{
    /// <summary>Answers a message. The same message again (by its id) asks for nothing twice.</summary>
    public Task<IReadOnlyList<ChatReply>> HandleAsync(ChatMessage message, CancellationToken cancel) => throw new NotSupportedException();
}
