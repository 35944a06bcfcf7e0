using System.Collections.Concurrent;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Visitors;

namespace DiffusionBot.Web.Chat;

/// <summary>How far a request is, as scripts show it.</summary>
/// <param name="Reference">Of which request.</param>
/// <param name="Code">Its short name, for cancelling.</param>
/// <param name="Fraction">0 to 1.</param>
/// <param name="Preview">A data URI; null: as before.</param>
/// <param name="Ended">Nothing more will be told.</param>
internal sealed record RequestNews(string Reference, string Code, string Text, double Fraction, string? Preview, bool Ended);

/// <summary>
/// What a visitor's requests are doing. Those drawn in this process tell it themselves; of those that wait, or are drawn by another host, the queue is
/// asked now and then. Only what changed is told, and of signs that come faster than anybody looks the latest.
/// </summary>
internal sealed class ProgressNews(Visitor visitor, RequestQueue queue, TimeProvider clock)
{
    private const int MostRequests = 20;

    private static readonly TimeSpan betweenLooks = TimeSpan.FromSeconds(4), betweenSigns = TimeSpan.FromMilliseconds(150);

    private readonly ConcurrentDictionary<Guid, RequestProgress> signs = new();
    private readonly Dictionary<Guid, (string Code, RequestNews? Told, RequestProgress? Sign)> known = [];
    private long lastLook, lastSign;
    private volatile bool looksAgain = true;

    /// <summary>The queue may have changed.</summary>
    public void LookAgain() => looksAgain = true;

    /// <summary>Takes a sign of life. Returns whether it should be told now. On the drawing thread.</summary>
    public bool Note(RequestProgress sign)
    {
        signs[sign.RequestId] = sign;
        if (IsEnd(sign)) return true;
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(lastSign, now) < betweenSigns) return false;
        lastSign = now;
        return true;
    }

    /// <summary>What is new since the last call.</summary>
    public async Task<IReadOnlyList<RequestNews>> TakeAsync(CancellationToken cancel)
    {
        var news = new List<RequestNews>();
        foreach (var (id, sign) in signs)
        {
            if (!IsEnd(sign)) looksAgain |= !known.ContainsKey(id);
            else End(id, news);
        }
        if (looksAgain || (known.Count > 0 && clock.GetElapsedTime(lastLook) >= betweenLooks)) await LookAsync(news, cancel);
        foreach (var (id, sign) in signs)
        {
            if (!known.TryGetValue(id, out var request) || ReferenceEquals(request.Sign, sign)) continue;
            Tell(id, request.Code, Drawing(id, request.Code, sign), sign, news);
        }
        return news;
    }

    private async Task LookAsync(List<RequestNews> news, CancellationToken cancel)
    {
        looksAgain = false;
        lastLook = clock.GetTimestamp();
        var waiting = await queue.WaitingAsync(visitor.Id, MostRequests, cancel);
        foreach (var id in known.Keys.Except(waiting.Select(w => w.Request.Id)).ToArray()) End(id, news);
        foreach (var (request, standing) in waiting)
        {
            if (signs.ContainsKey(request.Id)) known.TryAdd(request.Id, (request.Code, null, null));
            else Tell(request.Id, request.Code, new RequestNews(request.Id.ToString("N"), request.Code, $"{request.Code} · {Durations.Standing(standing, visitor.Frame)}", 0, null, false), null, news);
        }
    }

    private void Tell(Guid id, string code, RequestNews told, RequestProgress? sign, List<RequestNews> news)
    {
        if (known.TryGetValue(id, out var before) && before.Told == told) return;
        known[id] = (code, told, sign);
        news.Add(told);
    }

    private void End(Guid id, List<RequestNews> news)
    {
        signs.TryRemove(id, out _);
        if (!known.Remove(id, out var request)) return;
        looksAgain = true;   // the others moved up
        news.Add(new RequestNews(id.ToString("N"), request.Code, "", 1, null, true));
    }

    private RequestNews Drawing(Guid id, string code, RequestProgress sign)
    {
        var frame = visitor.Frame;
        var text = sign.Steps > 0 ? frame.Say($"Step {sign.Step} of {sign.Steps}", $"第 {sign.Step}/{sign.Steps} 步") : frame.Say("Getting ready", "准备中");
        if (sign.Left is { } left) text += frame.Say($", {Durations.About(left, frame)} left", $"，还需{Durations.About(left, frame)}");
        var preview = sign.Preview is { } png ? $"data:image/png;base64,{Convert.ToBase64String(png)}" : null;
        return new RequestNews(id.ToString("N"), code, text, sign.Steps > 0 ? Math.Clamp((double)sign.Step / sign.Steps, 0, 1) : 0, preview, false);
    }

    private static bool IsEnd(RequestProgress sign) => sign.State is RequestState.Done or RequestState.Failed or RequestState.Cancelled;
}
