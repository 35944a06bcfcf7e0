namespace DiffusionBot.Tests.Discord;

/// <summary>The time, but a test may say that it is later. Waits are as long as they are.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref ticks));

    /// <summary>From now on it is so much later.</summary>
    public void Shift(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
