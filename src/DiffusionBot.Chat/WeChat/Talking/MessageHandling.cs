using System.Collections.Concurrent;
using DiffusionBot.Chat.WeChat.Showing;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>A message with whom it went to.</summary>
/// <param name="Account">Whom.</param>
/// <param name="Message">As it came.</param>
/// <param name="Collects">Whether its answer shows what waits, since the account cannot push it.</param>
/// <param name="At">When this try of it came.</param>
internal sealed record Arrival(WeChatAccount Account, WeChatMessage Message, bool Collects, DateTimeOffset At)
{
    /// <summary>Known by this in every process.</summary>
    public string Key { get; } = IncomingMessages.KeyOf(Account.Name, Message);

    public WeChatAddress User { get; } = new(Account.Name, Message.FromUserName);
}

/// <summary>Has the bot answer each message once, however often and wherever it comes.</summary>
internal sealed class MessageHandling(
    IMessageHandler bot, IncomingMessages incoming, Inbox inbox, UnreadTexts unread, TimeProvider clock, ILogger<MessageHandling> log)
{
    private static readonly TimeSpan betweenLooks = TimeSpan.FromSeconds(0.2), remembered = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<ChatReply>>>> underWay = new(StringComparer.Ordinal);

    /// <summary>What the bot says to it. Giving up does not end the work.</summary>
    /// <param name="arrival">The message.</param>
    /// <param name="entry">What is known of it.</param>
    /// <param name="isNew">Whether this call must see to it.</param>
    /// <param name="cancel">Nobody waits any more.</param>
    /// <returns>Null: another process has answered it meanwhile.</returns>
    public async Task<IReadOnlyList<ChatReply>?> RepliesAsync(Arrival arrival, InboxEntry entry, bool isNew, CancellationToken cancel)
    {
        if (isNew) return await Begin(arrival).WaitAsync(cancel);
        for (InboxEntry? known = entry; known is not null; known = await inbox.FindAsync(arrival.Key, cancel))
        {
            if (known.Answer is not null) return null;
            if (known.Replies is { } replies) return replies;
            if (underWay.TryGetValue(arrival.Key, out var work)) return await work.Value.WaitAsync(cancel);
            if (await inbox.TakeOverAsync(arrival.Key, cancel))
            {
                WeChatTalkLog.TakenOver(log, arrival.Account.Name, arrival.Message.FromUserName);
                return await Begin(arrival).WaitAsync(cancel);
            }
            await Task.Delay(betweenLooks, clock, cancel);
        }
        return null;
    }

    /// <summary>Whether this process has had to do with a message a moment ago.</summary>
    public bool HasSeen(string key) => underWay.ContainsKey(key);

    /// <summary>What this process is saying, or has just said, to a message; null: nothing.</summary>
    public async Task<IReadOnlyList<ChatReply>?> UnderWayAsync(string key) => underWay.TryGetValue(key, out var work) ? await work.Value : null;

    private Task<IReadOnlyList<ChatReply>> Begin(Arrival arrival) => underWay.GetOrAdd(arrival.Key, key => new Lazy<Task<IReadOnlyList<ChatReply>>>(() =>
    {
        var work = Task.Run(() => WorkOrLetGoAsync(arrival), CancellationToken.None);
        _ = ForgetAsync(key, work);
        return work;
    })).Value;

    private async Task<IReadOnlyList<ChatReply>> WorkAsync(Arrival arrival)
    {
        using var done = new CancellationTokenSource();
        var alive = StayAliveAsync(arrival.Key, done.Token);
        try
        {
            var message = await incoming.ReadAsync(arrival, CancellationToken.None);
            var replies = await AnswerAsync(arrival, message);
            if (arrival.Collects) await inbox.RepliedAsync(arrival.Key, replies);
            return replies;
        }
        finally
        {
            await done.CancelAsync();
            await alive;
        }
    }

    private async Task<IReadOnlyList<ChatReply>> WorkOrLetGoAsync(Arrival arrival)
    {
        var work = WorkAsync(arrival);
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!work.IsCompletedSuccessfully) await inbox.LetGoAsync(arrival.Key);
        return await work;
    }

    private async Task<IReadOnlyList<ChatReply>> AnswerAsync(Arrival arrival, ChatMessage message)
    {
        if (UnreadTexts.LanguageOf(message.Text) is { } language && await unread.NextAsync(arrival.User, new WeChatTexts(language), CancellationToken.None) is { } next)
            return [new ChatReply { Text = next, Language = language }];
        return await bot.HandleAsync(message, CancellationToken.None);
    }

    /// <summary>Most work ends before it must say that it lives.</summary>
    private async Task StayAliveAsync(string key, CancellationToken done)
    {
        while (true)
        {
            await Task.Delay(Inbox.Beat, clock, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested) return;
            await inbox.StayAsync(key);
        }
    }

    /// <summary>Further tries within this process look there, for as long as they may come; what failed is tried anew.</summary>
    private async Task ForgetAsync(string key, Task<IReadOnlyList<ChatReply>> work)
    {
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCompletedSuccessfully) await Task.Delay(remembered, clock);
        underWay.TryRemove(key, out _);
    }
}
