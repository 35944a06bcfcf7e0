using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Web;

/// <summary>Time in words.</summary>
public static class Durations
{
    /// <summary>"about 12 s", "about 3 min".</summary>
    public static string About(TimeSpan time, PageFrame frame) => time.TotalSeconds < 90
        ? frame.Say($"about {Math.Max(1, (int)Math.Round(time.TotalSeconds))} s", $"约 {Math.Max(1, (int)Math.Round(time.TotalSeconds))} 秒")
        : frame.Say($"about {(int)Math.Round(time.TotalMinutes)} min", $"约 {(int)Math.Round(time.TotalMinutes)} 分钟");

    /// <summary>Where a request stands, and how long until it is there, where that is known.</summary>
    public static string Standing(Standing standing, PageFrame frame)
    {
        var place = standing switch
        {
            { State: RequestState.Drawing } => frame.Say("being drawn", "正在画"),
            { Ahead: 0 } => frame.Say("next", "下一个"),
            { Ahead: 1 } => frame.Say("1 before it", "前面还有 1 个"),
            _ => frame.Say($"{standing.Ahead} before it", $"前面还有 {standing.Ahead} 个"),
        };
        return standing.Left is { } left ? $"{place} · {About(left, frame)}" : place;
    }
}
