using DiffusionBot.Chat;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot.Commands;

/// <summary>queue, cancel, history, collect, delete: what waits and what is there.</summary>
internal sealed class QueueCommands(RequestQueue queue, PictureArchive archive, OutboxDoor outbox, ResultReplies results, Targets targets)
{
    private const int MostListed = 10;

    public async Task<ChatReply> QueueAsync(Talk talk, CancellationToken cancel)
    {
        var own = await queue.WaitingAsync(talk.User.Id, MostListed, cancel);
        var lines = own.Count == 0 ? [talk.Texts.NothingWaits] : own.Select(w => talk.Texts.Waiting(w.Request, w.Standing));
        var all = talk.Texts.QueueLength(await queue.LengthAsync(cancel), await queue.IsPausedAsync(cancel));
        return new ChatReply
        {
            Text = string.Join('\n', [.. lines, all]),
            Choices = [.. own.Take(5).Select(w => BotTexts.Choice(talk.Texts.Cancel, "cancel", w.Request.Code, $"{talk.Texts.Cancel} {w.Request.Code}"))],
        };
    }

    public async Task<ChatReply> CancelAsync(Talk talk, string rest, CancellationToken cancel)
    {
        if (rest.Equals("all", StringComparison.OrdinalIgnoreCase) || rest == "全部")
        {
            var count = await CancelAllAsync(talk.User.Id, cancel);
            return count == 0 ? talk.Texts.NothingWaits : talk.Texts.CancelledAll(count);
        }
        if (await targets.NamedAsync(talk, rest, cancel) is { } named)
        {
            if (!MayChange(talk, named.Request)) return Talk.Aside(talk.Texts.NotYours(named.Request.Code));
            return await queue.CancelAsync(named.Request.Id, cancel) ? talk.Texts.Cancelled(named.Request.Code) : talk.Texts.TooLateToCancel(named.Request.Code);
        }
        if (Targets.BeginsWithCode(rest)) return Talk.Aside(talk.Texts.NoSuchCode(Targets.FirstWord(rest).First));
        var own = await queue.WaitingAsync(talk.User.Id, take: 100, cancel);
        if (own.Count == 0) return talk.Texts.NothingWaits;
        if (own.Count > 1)
        {
            return new ChatReply
            {
                Text = string.Join('\n', [talk.Texts.CancelWhich, .. own.Take(MostListed).Select(w => talk.Texts.Waiting(w.Request, w.Standing))]),
                Choices = [.. own.Take(4).Select(w => BotTexts.Choice(talk.Texts.Cancel, "cancel", w.Request.Code, w.Request.Code)), new ChatChoice(talk.Texts.All, "cancel all") { Typed = $"{talk.Texts.Cancel} {talk.Texts.All}" }],
            };
        }
        var only = own[0].Request;
        return await queue.CancelAsync(only.Id, cancel) ? talk.Texts.Cancelled(only.Code) : talk.Texts.TooLateToCancel(only.Code);
    }

    /// <summary>Calls off all that a user waits for. Returns how many there were.</summary>
    public async Task<int> CancelAllAsync(string userId, CancellationToken cancel)
    {
        var count = 0;
        foreach (var (request, _) in await queue.WaitingAsync(userId, take: 100, cancel)) count += await queue.CancelAsync(request.Id, cancel) ? 1 : 0;
        return count;
    }

    public async Task<ChatReply> HistoryAsync(Talk talk, CancellationToken cancel)
    {
        var requests = await archive.HistoryAsync(talk.User.Id, MostListed, cancel);
        if (requests.Count == 0) return talk.Texts.NoHistory;
        return new ChatReply
        {
            Text = string.Join('\n', [.. requests.Select(talk.Texts.HistoryLine), talk.Texts.HistoryHint]),
            Choices = [.. requests.Where(r => r.Pictures.Count > 0).Take(5).Select(r => BotTexts.Choice(talk.Texts.Collect, "collect", r.Code, r.Code))],
        };
    }

    /// <summary>What waits for the user; or a request's pictures once more.</summary>
    public async Task<ChatReply> CollectAsync(Talk talk, string rest, CancellationToken cancel)
    {
        if (rest.Length == 0 && talk.Message.RepliedTo is null)
        {
            // What its adapter shows with this answer needs no words.
            if (talk.Message.CollectsReplies) return await outbox.CountAsync(talk.User.Id, cancel) == 0 ? talk.Texts.NothingToCollect : "";
            var count = await outbox.ReleaseAsync(talk.User.Id, talk.Message.Address.Value, cancel);
            return count == 0 ? talk.Texts.NothingToCollect : talk.Texts.Collected(count);
        }
        if (await targets.NamedAsync(talk, rest, cancel) is not { Request: { } request }) return Talk.Aside(talk.Texts.NoSuchCode(Targets.FirstWord(rest).First));
        if (request.State is RequestState.Queued or RequestState.Drawing)
            return await queue.StandingAsync(request.Id, cancel) is { } standing ? talk.Texts.Waiting(request, standing) : talk.Texts.NotDrawnYet(request.Code);
        if (talk.Message.CollectsReplies)
            return await outbox.WaitsAsync(talk.User.Id, request.Code, cancel) ? new ChatReply { Reference = request.Code } : await results.ForAsync(request, talk.Texts, withFiles: false, cancel);
        if (await outbox.ReleaseRequestAsync(request.Id, talk.Message.Address.Value, cancel)) return talk.Texts.Collected(1);
        if (!talk.Message.TakesPictures && await outbox.SendAgainAsync(request.Id, talk.User.Id, talk.Message.Address.Value, cancel)) return talk.Texts.Collected(1);
        return await results.ForAsync(request, talk.Texts, withFiles: true, cancel);
    }

    public async Task<ChatReply> DeleteAsync(Talk talk, string rest, CancellationToken cancel)
    {
        if (await targets.NamedAsync(talk, rest, cancel) is not { Request: { } request })
            return Targets.BeginsWithCode(rest) ? Talk.Aside(talk.Texts.NoSuchCode(Targets.FirstWord(rest).First)) : talk.Texts.DeleteWhich;
        if (!MayChange(talk, request)) return Talk.Aside(talk.Texts.NotYours(request.Code));
        if (!await archive.DeleteAsync(request.Id, cancel)) return talk.Texts.StillWaiting(request.Code);
        return new ChatReply { Text = talk.Texts.Deleted(request.Code), Reference = request.Code, IsGone = true };
    }

    private static bool MayChange(Talk talk, StoredRequest request) => request.UserId == talk.User.Id || talk.Moderates(request);
}
