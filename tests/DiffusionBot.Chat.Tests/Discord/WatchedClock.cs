using DiffusionBot.FakeDiscord;
using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Chat.Tests.Discord;

/// <summary>A clock that stands still until a test moves it, and tells when somebody begins to wait.</summary>
internal sealed class WatchedClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Feed<TimeSpan> waits = new();

    /// <summary>All waits that were begun.</summary>
    public IReadOnlyList<TimeSpan> Waits => waits.All;

    /// <summary>Moves on by as long as somebody waits, once they do.</summary>
    public async Task<TimeSpan> PassAsync(Func<TimeSpan, bool> which)
    {
        var wait = await waits.NextAsync(which, TestContext.Current.CancellationToken);
        Advance(wait);
        return wait;
    }

    /// <summary>Somebody waits for so long.</summary>
    public Task BeginsAsync(double seconds) => waits.NextAsync(wait => Math.Abs(wait.TotalSeconds - seconds) < 0.002, TestContext.Current.CancellationToken);

    public Task PassAsync(double seconds) => PassAsync(wait => Math.Abs(wait.TotalSeconds - seconds) < 0.002);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero) waits.Add(dueTime);
        return timer;
    }
}
