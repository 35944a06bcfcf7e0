using System.Globalization;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>WeChat's days: its limits begin anew at midnight in UTC+8.</summary>
internal static class Beijing
{
    private static readonly TimeSpan offset = TimeSpan.FromHours(8);

    public static string DayOf(DateTimeOffset time) => time.ToOffset(offset).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static DateTimeOffset MidnightAfter(DateTimeOffset time) => new(time.ToOffset(offset).Date.AddDays(1), offset);
}
