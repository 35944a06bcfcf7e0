using DiffusionBot.Chat.WeChat.Showing;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>One answer, and what became of the replies that were taken for it.</summary>
/// <param name="Answer">What to say.</param>
/// <param name="Shown">In it, to be recorded as shown when it is written.</param>
/// <param name="Kept">Not in it: they wait again.</param>
internal sealed record Collected(InboxAnswer Answer, IReadOnlyList<WaitingReply> Shown, IReadOnlyList<WaitingReply> Kept);

/// <summary>Puts what the bot says, and what waits for the user, into the one answer that there is.</summary>
internal sealed class Collection(IWaitingReplies waiting, WeChatReplies replies, UnreadTexts unread)
{
    private const int MostTaken = 8;

    /// <summary>Takes what waits and composes.</summary>
    /// <param name="arrival">What is answered.</param>
    /// <param name="said">What the bot says. Nothing: then nothing is taken either.</param>
    public async Task<Collected> ComposeAsync(Arrival arrival, IReadOnlyList<ChatReply> said)
    {
        if (said.Count == 0) return new Collected(new InboxAnswer(), [], []);
        var taken = await waiting.TakeAsync(arrival.User.ToString(), null, MostTaken, CancellationToken.None);
        var composing = ComposeAsync(arrival, [.. said.Where(reply => !IsKept(reply, taken) && !IsEmpty(reply))], taken);
        await ((Task)composing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!composing.IsCompletedSuccessfully) await waiting.ReturnAsync(taken);
        return await composing;
    }

    private async Task<Collected> ComposeAsync(Arrival arrival, IReadOnlyList<ChatReply> said, IReadOnlyList<WaitingReply> taken)
    {
        var all = said.Concat(taken.Select(reply => reply.Reply)).ToList();
        if (all is [var only] && replies.CardOf(only) is { } card) return new Collected(new InboxAnswer(Card: card), taken, []);
        var texts = new WeChatTexts(all.FirstOrDefault()?.Language ?? "zh");
        var pieces = WeChatText.Pieces(string.Join("\n\n", said.Select(reply => replies.TextOf(reply, arrival.Account.Options, withPictures: true))));
        var text = pieces.Count == 0 ? "" : await unread.KeepAsync(arrival.User, pieces[0], [.. pieces.Skip(1)], texts);
        var shown = new List<WaitingReply>();
        foreach (var reply in taken)
        {
            var next = replies.TextOf(reply.Reply, arrival.Account.Options, withPictures: true);
            var joined = text.Length == 0 ? next : $"{text}\n\n{next}";
            if (WeChatText.Bytes(joined) + WeChatText.RoomForHint > WeChatText.MostBytes)
            {
                if (text.Length > 0) break;
                // It fits into no message: its beginning, and the rest when it is asked for.
                pieces = WeChatText.Pieces(next);
                joined = await unread.KeepAsync(arrival.User, pieces[0], [.. pieces.Skip(1)], texts);
            }
            text = joined;
            shown.Add(reply);
        }
        var left = taken.Count - shown.Count + (taken.Count == MostTaken ? await waiting.CountAsync(arrival.User.ToString(), CancellationToken.None) : 0);
        if (left > 0) text = $"{text}\n\n{texts.MoreWait(left)}";
        return new Collected(new InboxAnswer(text.Length > 0 ? text : null), shown, [.. taken.Skip(shown.Count)]);
    }

    /// <summary>A promise whose result is there needs not be made.</summary>
    private static bool IsKept(ChatReply reply, IReadOnlyList<WaitingReply> taken) => reply.IsPromise && taken.Any(other => other.Reply.Reference == reply.Reference);

    private static bool IsEmpty(ChatReply reply) => reply.Text.Length == 0 && reply.Infotext is null && reply.Pictures.Count == 0;
}
