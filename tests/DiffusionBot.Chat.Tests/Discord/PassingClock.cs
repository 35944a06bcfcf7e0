using DiffusionBot.FakeDiscord;
using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Chat.Tests.Discord;

/// <summary>A clock at which waits of up to ten seconds are over as soon as they begin, but for an interaction's patience; longer ones end only when a test says so.</summary>
internal sealed class PassingClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero))
{
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(10), patience = new FakeDiscordOptions().InteractionPatience;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= longest && dueTime != patience) ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
