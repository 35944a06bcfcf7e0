using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>A clock at which pauses between tries are over as soon as they begin; patience, which is longer than they are, ends only when a test says so.</summary>
internal sealed class EagerClock : FakeTimeProvider
{
    public EagerClock()
        : base(new DateTimeOffset(2026, 11, 25, 4, 0, 0, TimeSpan.Zero))   // noon in Beijing
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(5)) ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
