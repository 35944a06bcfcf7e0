using DiffusionBot.Chat.WeChat.Showing;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>Answers in time, whatever the engine does, and each message once, however often it comes. How depends on what its account may do.</summary>
internal sealed class WeChatDesk(
    WeChatAccounts accounts, Inbox inbox, PushWindows windows, MessageHandling handling, PushingAnswers pushing, CollectingAnswers collecting, IOptions<WeChatOptions> options, TimeProvider clock, ILogger<WeChatDesk> log) : IWeChatDesk
{
    public async Task<WeChatAnswer> AnswerAsync(string account, WeChatMessage message, CancellationToken hungUp)
    {
        if (IncomingMessages.IsNothing(message)) return WeChatAnswer.Success;
        var itsAccount = accounts.Find(account) ?? throw new ArgumentException($"There is no account \"{account}\".", nameof(account));
        using var outOfTime = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.AnswerSeconds), clock);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(outOfTime.Token, hungUp);
        var answer = AnswerAsync(new Arrival(itsAccount, message, Collects: !itsAccount.Api.Rights.CustomerService, clock.GetUtcNow()), late.Token);
        await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (answer.IsCompletedSuccessfully) return await answer;
        hungUp.ThrowIfCancellationRequested();
        WeChatTalkLog.Failed(log, answer.Exception?.InnerException, itsAccount.Name, message.FromUserName);
        // Whoever wrote should not wait for nothing, nor be told by WeChat that nobody is there.
        return new WeChatAnswer(new PassiveReply.Text(new WeChatTexts("zh").WentWrong));
    }

    private async Task<WeChatAnswer> AnswerAsync(Arrival arrival, CancellationToken late)
    {
        var isKnown = handling.HasSeen(arrival.Key);
        var coming = inbox.ComeAsync(arrival.Key, isKnown, counts: arrival.Collects, late);
        // Together with it: each write waits for others. What comes again after a restart opens it once more, and WeChat has the last word.
        var opening = isKnown || arrival.Collects ? Task.CompletedTask : windows.OpenAsync(arrival.Account, arrival.Message.FromUserName, IncomingMessages.IsTap(arrival.Message), late);
        await Task.WhenAll(coming, opening);
        var (entry, isNew) = await coming;
        if (entry.Answer is { } given) return new WeChatAnswer(given.Reply);
        var work = handling.RepliesAsync(arrival, entry, isNew, late);
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCanceled && late.IsCancellationRequested) return await (arrival.Collects ? collecting.AnswerLateAsync(arrival, entry) : pushing.AnswerLateAsync(arrival));
        if (await work is not { } said) return new WeChatAnswer((await inbox.FindAsync(arrival.Key, late))?.Answer?.Reply);
        return await (arrival.Collects ? collecting.AnswerAsync(arrival, entry, said, late) : pushing.AnswerAsync(arrival, said));
    }
}
