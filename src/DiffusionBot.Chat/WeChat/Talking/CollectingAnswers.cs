using DiffusionBot.Chat.WeChat.Showing;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>
/// Answers for accounts that may only answer. WeChat asks three times, about five seconds apart, before it tells the user that nobody is there: a result that comes within is the
/// answer to the very message that asked for it; any other is shown with whatever its user says next.
/// </summary>
internal sealed class CollectingAnswers(Inbox inbox, Collection collection, IWaitingReplies waiting, IOptions<WeChatOptions> options, TimeProvider clock)
{
    private const int LastTry = 3;

    /// <summary>From the first try on: when the third must have begun, and until when it can wait.</summary>
    private static readonly TimeSpan lastTryBegan = TimeSpan.FromSeconds(8.5), lastTryEnds = TimeSpan.FromSeconds(13.5);

    private int patient;

    /// <summary>Says what the bot says; a promise as late as can be.</summary>
    /// <param name="arrival">The message.</param>
    /// <param name="entry">What is known of it.</param>
    /// <param name="said">What the bot says.</param>
    /// <param name="late">There is no more time.</param>
    public async Task<WeChatAnswer> AnswerAsync(Arrival arrival, InboxEntry entry, IReadOnlyList<ChatReply> said, CancellationToken late)
    {
        if (said.FirstOrDefault(reply => reply.IsPromise) is { } promise && IsWorthWaiting(promise, entry) && await WaitAsync(arrival, promise, entry, late) is { } silence) return silence;
        return await GiveAsync(arrival, await collection.ComposeAsync(arrival, said));
    }

    /// <summary>There is nothing to say yet.</summary>
    public async Task<WeChatAnswer> AnswerLateAsync(Arrival arrival, InboxEntry entry) => IsLast(arrival, entry)
        ? await GiveAsync(arrival, new Collected(new InboxAnswer(new WeChatTexts("zh").StillWorking), [], []))
        : Silence();

    /// <summary>Waits for a result, if there is a place to.</summary>
    /// <returns>Null: the message can be answered now; else silence, after which WeChat asks again.</returns>
    private async Task<WeChatAnswer?> WaitAsync(Arrival arrival, ChatReply promise, InboxEntry entry, CancellationToken late)
    {
        var keepsPlace = false;
        try
        {
            if (Interlocked.Increment(ref patient) > options.Value.MostWaiting) return null;
            var result = waiting.UntilAnyAsync(arrival.User.ToString(), promise.Reference!, late);
            await result.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!result.IsCanceled) await result;
            if (result.IsCompletedSuccessfully || IsLast(arrival, entry)) return null;
            keepsPlace = true;   // until WeChat has hung up
            return Silence(() => Interlocked.Decrement(ref patient));
        }
        finally
        {
            if (!keepsPlace) Interlocked.Decrement(ref patient);
        }
    }

    /// <summary>Records the answer before it is written; what it shows is recorded as shown after.</summary>
    private async Task<WeChatAnswer> GiveAsync(Arrival arrival, Collected collected)
    {
        await waiting.ReturnAsync(collected.Kept);
        var (answer, isMine) = await inbox.AnswerAsync(arrival.Key, collected.Answer);
        if (!isMine) await waiting.ReturnAsync(collected.Shown);
        if (!isMine || collected.Shown.Count == 0) return new WeChatAnswer(answer.Reply);
        return new WeChatAnswer(answer.Reply)
        {
            WrittenAsync = async isWritten =>
            {
                if (isWritten)
                {
                    await waiting.ShownAsync(collected.Shown);
                    return;
                }
                await waiting.ReturnAsync(collected.Shown);
                await inbox.UnanswerAsync(arrival.Key);
            },
        };
    }

    // By when it came: the second try ends when a third that is sooner might have begun.
    private static bool IsLast(Arrival arrival, InboxEntry entry) => entry.Tries >= LastTry || arrival.At - entry.First >= lastTryBegan;

    private bool IsWorthWaiting(ChatReply promise, InboxEntry entry) =>
        promise.Reference is not null && (promise.ReadyIn is not { } readyIn || readyIn <= lastTryEnds - (clock.GetUtcNow() - entry.First));

    private static WeChatAnswer Silence(Action? over = null) => new((Wire.PassiveReply?)null)
    {
        IsSilent = true,
        WrittenAsync = _ =>
        {
            over?.Invoke();
            return Task.CompletedTask;
        },
    };
}
