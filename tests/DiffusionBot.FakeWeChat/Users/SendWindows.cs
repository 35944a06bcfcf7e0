namespace DiffusionBot.FakeWeChat.Users;

/// <summary>What may be sent to a user now: a message opens one window, an action another; each push takes from the one that closes first.</summary>
internal sealed class SendWindows(FakeAccount account)
{
    private static readonly TimeSpan exchange = TimeSpan.FromSeconds(30), typing = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private (int Left, DateTimeOffset Until) byMessage, byAction;
    private DateTimeOffset lastExchange, typingUntil;

    public bool IsSubscribed { get; set; } = true;

    private DateTimeOffset Now => account.Platform.Clock.GetUtcNow();

    public void OpenByMessage()
    {
        lock (gate)
        {
            byMessage = (account.AfterMessage.Count, Now + account.AfterMessage.Within);
            lastExchange = Now;
        }
    }

    public void OpenByAction()
    {
        lock (gate)
        {
            byAction = (account.AfterAction.Count, Now + account.AfterAction.Within);
            lastExchange = Now;
        }
    }

    /// <summary>Takes one push.</summary>
    /// <returns>0, 45015 or 45047; and whether typing ended by it.</returns>
    public (int Code, bool EndsTyping) TakePush()
    {
        lock (gate)
        {
            var (now, action, message) = (Now, byAction, byMessage);
            if (!IsSubscribed || (now >= action.Until && now >= message.Until)) return (45015, false);
            var mayAction = now < action.Until && action.Left > 0;
            var mayMessage = now < message.Until && message.Left > 0;
            if (!mayAction && !mayMessage) return (45047, false);
            if (mayAction && (!mayMessage || action.Until <= message.Until)) byAction = (action.Left - 1, action.Until);
            else byMessage = (message.Left - 1, message.Until);
            var ends = now < typingUntil;
            (lastExchange, typingUntil) = (now, default);
            return (0, ends);
        }
    }

    /// <summary>Typing begins.</summary>
    /// <returns>0, 45080 (no exchange within 30 s) or 45081 (it is on already).</returns>
    public int BeginTyping()
    {
        lock (gate)
        {
            if (!IsSubscribed || Now - lastExchange > exchange) return 45080;
            if (Now < typingUntil) return 45081;
            typingUntil = Now + typing;
            return 0;
        }
    }

    /// <summary>Typing ends.</summary>
    public void EndTyping()
    {
        lock (gate) typingUntil = default;
    }
}
