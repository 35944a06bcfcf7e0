using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.FakeWeChat.Users;

/// <summary>A message of a user on its way.</summary>
/// <param name="MsgType">text, event and so on.</param>
/// <param name="MsgId">Null: an event.</param>
/// <param name="CreateTime">Seconds since 1970.</param>
/// <param name="Xml">As it goes into each try.</param>
/// <param name="IsHeard">Whether the user is there to see an answer.</param>
internal sealed record UserMessage(string MsgType, string? MsgId, long CreateTime, string Xml, bool IsHeard);

/// <summary>Brings a message to the account: three tries, the first answer counts (Passive_user_reply_message).</summary>
internal sealed class Courier(FakeAccount account, FakeUser user, UserMessage message)
{
    private const int MostTries = 3;

    private readonly List<DeliveryTry> tries = [];
    private readonly PostStamp firstStamp = PostStamp.New(account.Platform.Clock);
    private int begun;
    private Outcome? outcome;
    private Seen? reply;

    /// <summary>The first try is on its way, or over.</summary>
    public TaskCompletionSource Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<Delivery> DeliverAsync(CancellationToken cancel)
    {
        try
        {
            var (times, atOnce) = account.Repeats;
            if (atOnce && times > 1)
            {
                var under = Enumerable.Range(0, times).Select(_ => TryAsync(cancel)).ToArray();
                await foreach (var one in Task.WhenEach(under)) Take(await one);
            }
            while (tries.Count < Math.Max(times, outcome is null ? MostTries : 1))
            {
                if (tries.Count > 0 && account.Platform.Options.SpacesTries) await PauseAsync(tries[^1], cancel);
                Take(await TryAsync(cancel));
            }
        }
        finally
        {
            Sent.TrySetResult();
        }
        if (outcome is null) End(Outcome.Unavailable, Unavailable());
        var delivery = new Delivery(user.OpenId, message.MsgType, message.MsgId, message.CreateTime, message.Xml, [.. tries.OrderBy(t => t.Begun)], outcome!.Value, reply);
        account.Deliveries.Add(delivery);
        return delivery;
    }

    private Task<DeliveryTry> TryAsync(CancellationToken cancel)
    {
        var platform = account.Platform;
        var stamp = platform.Options.SignsEachTry ? PostStamp.New(platform.Clock) : firstStamp;
        var number = Interlocked.Increment(ref begun);
        return platform.Poster.PostAsync(account, PostSigner.Sign(account, message.Xml, user.OpenId, stamp), IsSent, cancel);

        void IsSent()
        {
            Sent.TrySetResult();
            account.Underway.Add(new TryUnderway(user.OpenId, message.MsgId, number));
        }
    }

    private Task PauseAsync(DeliveryTry last, CancellationToken cancel)
    {
        var (options, clock) = (account.Platform.Options, account.Platform.Clock);
        var left = last.Begun + options.Patience - clock.GetUtcNow();
        return left > TimeSpan.Zero ? Task.Delay(left, clock, cancel) : Task.CompletedTask;
    }

    private void Take(DeliveryTry made)
    {
        tries.Add(made);
        if (made.End != TryEnd.Answered) return;
        try
        {
            var seen = new ReplyReader(account, user, message.MsgType == "event", account.Platform.Clock.GetUtcNow()).Read(made.Body ?? "");
            if (outcome is null) End(seen is null ? Outcome.Nothing : Outcome.Reply, seen);
        }
        catch (WrongReplyException e)
        {
            account.Platform.Violate($"account \"{account.Name}\", answer to {message.MsgType} of {user.OpenId}: {e.Message}.");
            if (outcome is null) End(Outcome.Unavailable, Unavailable());
        }
    }

    private void End(Outcome what, Seen? seen)
    {
        (outcome, reply) = (what, message.IsHeard ? seen : null);
        if (reply is not null) user.Show(reply);
    }

    private SeenUnavailable Unavailable() => new() { At = account.Platform.Clock.GetUtcNow(), IsReply = true };
}
