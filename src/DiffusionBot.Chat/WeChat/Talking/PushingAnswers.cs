using DiffusionBot.Chat.WeChat.Api;
using DiffusionBot.Chat.WeChat.Showing;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>Answers for accounts that may speak by themselves: what fits is answered at once, the rest is pushed after it.</summary>
internal sealed class PushingAnswers(MessageHandling handling, Inbox inbox, WeChatReplies replies, WeChatPush push, PushWindows windows, UnreadTexts unread, ILogger<PushingAnswers> log)
{
    /// <summary>Pushes that a result needs, and that a long text must leave: picture and text.</summary>
    private const int LeftForResult = 2;

    /// <summary>Says what the bot says.</summary>
    public async Task<WeChatAnswer> AnswerAsync(Arrival arrival, IReadOnlyList<ChatReply> said)
    {
        var parts = said.SelectMany(reply => replies.PartsOf(reply, arrival.Account.Options)).ToList();
        var first = parts.OfType<PushPart.Text>().FirstOrDefault();
        var rest = parts.Where(part => part != first).ToList();
        var text = first?.Content;
        // A long text must not use up what the result needs.
        if (text is not null && rest.Count > 0 && rest.Count + LeftForResult > await windows.LeftAsync(arrival.Account, arrival.Message.FromUserName, CancellationToken.None))
        {
            text = await unread.KeepAsync(arrival.User, text, [.. rest.OfType<PushPart.Text>().Select(part => part.Content)], new WeChatTexts(said[0].Language));
            rest.RemoveAll(part => part is PushPart.Text);
        }
        var (answer, isMine) = await inbox.AnswerAsync(arrival.Key, new InboxAnswer(text));
        if (!isMine) return new WeChatAnswer(answer.Reply);
        return new WeChatAnswer(answer.Reply)
        {
            WrittenAsync = async isWritten =>
            {
                await FollowAsync(arrival, rest);
                if (isWritten && said.Any(reply => reply.IsPromise)) await ShowTypingAsync(arrival);
            },
        };
    }

    /// <summary>There is nothing to say yet; it is pushed when there is.</summary>
    public async Task<WeChatAnswer> AnswerLateAsync(Arrival arrival)
    {
        var (answer, isMine) = await inbox.AnswerAsync(arrival.Key, new InboxAnswer());
        return new WeChatAnswer(answer.Reply) { WrittenAsync = _ => isMine ? PushLaterAsync(arrival) : Task.CompletedTask };
    }

    private async Task PushLaterAsync(Arrival arrival)
    {
        var work = handling.UnderWayAsync(arrival.Key);
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsFaulted) WeChatTalkLog.Failed(log, work.Exception.InnerException, arrival.Account.Name, arrival.Message.FromUserName);
        var said = work.IsCompletedSuccessfully ? work.Result ?? [] : [new WeChatTexts("zh").WentWrong];
        await FollowAsync(arrival, [.. said.SelectMany(reply => replies.PartsOf(reply, arrival.Account.Options))]);
    }

    private async Task FollowAsync(Arrival arrival, List<PushPart> rest)
    {
        try
        {
            foreach (var part in rest)
            {
                if (!await push.SendAsync(arrival.Account, arrival.Message.FromUserName, part, CancellationToken.None)) return;
            }
        }
        catch (WeChatApiException e)
        {
            WeChatTalkLog.RestLost(log, arrival.Account.Name, arrival.Message.FromUserName, e.Message);
        }
    }

    private async Task ShowTypingAsync(Arrival arrival)
    {
        try
        {
            await arrival.Account.Api.ShowTypingAsync(arrival.Message.FromUserName, CancellationToken.None);
        }
        catch (WeChatApiException e)
        {
            WeChatTalkLog.NoTyping(log, arrival.Account.Name, arrival.Message.FromUserName, e.Message);
        }
    }
}
