using DiffusionBot.Chat;
using DiffusionBot.Generation.Outbox;

namespace DiffusionBot.Bot;

/// <summary>What waits in the outbox, for adapters that show it when they are asked.</summary>
internal sealed class WaitingReplies(OutboxDoor outbox, ResultReplies results) : IWaitingReplies
{
    public async Task<IReadOnlyList<WaitingReply>> TakeAsync(string userId, string? reference, int most, CancellationToken cancel)
    {
        var replies = new List<WaitingReply>();
        foreach (var (entry, isRetry) in await outbox.TakeAsync(userId, reference, most, cancel))
        {
            // Only where pictures are is told, so nothing is read; once taken, it is not given up half way.
            // Who could not be told at once is told now.
            var reply = ResultReplies.WithNotes(await results.ForAsync(entry, entry.Request!, withFiles: false, CancellationToken.None), entry.Request!);
            replies.Add(new WaitingReply(entry.Id.ToString(), entry.ClaimedBy!, userId, reply, isRetry));
        }
        return replies;
    }

    public Task UntilAnyAsync(string userId, string reference, CancellationToken cancel) => outbox.UntilAnyAsync(userId, reference, cancel);

    public Task<int> CountAsync(string userId, CancellationToken cancel) => outbox.CountAsync(userId, cancel);

    public async Task ShownAsync(IReadOnlyList<WaitingReply> replies)
    {
        foreach (var reply in replies) await outbox.ShownAsync(Guid.Parse(reply.Key), reply.Lease);
    }

    public async Task ReturnAsync(IReadOnlyList<WaitingReply> replies)
    {
        foreach (var reply in replies) await outbox.ReturnAsync(Guid.Parse(reply.Key), reply.Lease, reply.UserId);
    }
}
