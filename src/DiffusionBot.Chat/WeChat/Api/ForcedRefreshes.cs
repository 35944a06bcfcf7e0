using System.Globalization;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>How often another token was asked for: WeChat allows 20 a day, 30 s apart, for all hosts together (api_getstableaccesstoken).</summary>
internal sealed class ForcedRefreshes(string appId, ISharedNotes notes, TimeProvider clock)
{
    private const int MostADay = 20;

    private static readonly TimeSpan apart = TimeSpan.FromSeconds(30), kept = TimeSpan.FromHours(25);

    private readonly string key = $"wechat/forced/{appId}";

    /// <summary>Counts one more before it is asked for. Null: go ahead; else how long to wait.</summary>
    public async Task<TimeSpan?> TryCountAsync()
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var day = Beijing.DayOf(now);
            var (found, isNew) = await notes.AddAsync(key, Note(day, 1, now), kept, CancellationToken.None);
            if (isNew) return null;
            var (lastDay, count, last) = Parse(found.Value);
            if (now < last + apart) return last + apart - now;
            if (lastDay == day && count >= MostADay) return Beijing.MidnightAfter(now) - now;
            if (await notes.ReplaceAsync(found, Note(day, lastDay == day ? count + 1 : 1, now), kept, CancellationToken.None) is not null) return null;
        }
    }

    private static string Note(string day, int count, DateTimeOffset now) => $"{day} {count} {now.ToUnixTimeMilliseconds()}";

    private static (string Day, int Count, DateTimeOffset Last) Parse(string note) =>
        note.Split(' ') is [var day, var count, var last]
            ? (day, int.Parse(count, CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(last, CultureInfo.InvariantCulture)))
            : ("", 0, DateTimeOffset.UnixEpoch);
}
