namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>How long to wait before the next try: twice as long each time, up to a minute, spread over the upper half.</summary>
internal static class Backoff
{
    /// <param name="failures">So far, one after another; 0: no wait.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan Of(int failures, Func<double> random) => failures <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, Math.Min(failures, 10) - 1)) * (0.5 + random() / 2));
}
