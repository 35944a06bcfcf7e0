using System.Globalization;

namespace DiffusionBot.FakeDiscord;

/// <summary>Ids as Discord makes them: the time in ms since 2015 above 22 bits, then a counter.</summary>
internal sealed class Ids(TimeProvider clock)
{
    private static readonly long epoch = new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private long counter;

    public ulong Next() => ((ulong)(clock.GetUtcNow().ToUnixTimeMilliseconds() - epoch) << 22) | ((ulong)Interlocked.Increment(ref counter) & 0x3F_FFFF);

    public static string Text(ulong id) => id.ToString(CultureInfo.InvariantCulture);

    public static ulong Of(string? text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
}
