namespace DiffusionBot.Chat.Tests.Discord;

/// <summary>A clock that runs so many times as fast as others.</summary>
internal sealed class FastClock(double factor) : TimeProvider
{
    private readonly long began = System.GetTimestamp();
    private readonly DateTimeOffset start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(began) * factor;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Scaled(dueTime), Scaled(period));

    private TimeSpan Scaled(TimeSpan time) => time == Timeout.InfiniteTimeSpan || time == TimeSpan.Zero ? time : time / factor < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : time / factor;
}
