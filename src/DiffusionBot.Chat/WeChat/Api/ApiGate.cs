using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>What is not worth asking: rights that WeChat denied (48001), until the process ends; calls whose daily limit is used up (45009), until midnight but for a probe now and then.</summary>
internal sealed class ApiGate(string account, bool isCertified, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan probeEvery = TimeSpan.FromMinutes(30);

    private readonly Lock gate = new();
    private readonly HashSet<WeChatRight> denied = isCertified ? [] : [.. Enum.GetValues<WeChatRight>()];
    private readonly Dictionary<string, UsedUp> usedUp = new(StringComparer.Ordinal);

    public WeChatRights Rights
    {
        get
        {
            lock (gate)
            {
                return new WeChatRights(
                    !denied.Contains(WeChatRight.CustomerService) && !IsUsedUp(ApiCall.CustomSend),
                    !denied.Contains(WeChatRight.Media) && !IsUsedUp(ApiCall.MediaUpload) && !IsUsedUp(ApiCall.MediaGet),
                    !denied.Contains(WeChatRight.Menu) && !IsUsedUp(ApiCall.MenuCreate));
            }
        }
    }

    /// <summary>Lets a call through; where its limit is used up, one in half an hour.</summary>
    /// <exception cref="WeChatApiException">48001 or 45009.</exception>
    public void Enter(ApiCall call)
    {
        lock (gate)
        {
            if (call.Right is { } right && denied.Contains(right))
                throw new WeChatApiException($"WeChat account \"{account}\": {call.Name}: the account lacks the right {WeChatApiLog.NameOf(right)}.", WeChatCode.NoRight);
            if (!usedUp.TryGetValue(call.Name, out var limit)) return;
            var now = clock.GetUtcNow();
            if (now < limit.Until && now < limit.NextProbe)
            {
                var wait = (limit.NextProbe < limit.Until ? limit.NextProbe : limit.Until) - now;
                throw new WeChatApiException($"WeChat account \"{account}\": {call.Name}: the daily limit is used up.", WeChatCode.DailyLimit, wait);
            }
            if (now < limit.Until) usedUp[call.Name] = limit with { NextProbe = now + probeEvery };
            else usedUp.Remove(call.Name);
        }
    }

    /// <summary>Takes note of what WeChat said.</summary>
    /// <returns>When to try again, where that is known now.</returns>
    public TimeSpan? Learn(ApiCall call, ApiReply reply)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            switch (reply)
            {
                case { Failure: not null }:
                    return null;
                case { Code: WeChatCode.NoRight } when call.Right is { } right:
                    if (denied.Add(right)) WeChatApiLog.NoRight(log, account, right, call.Name);
                    return null;
                case { Code: WeChatCode.DailyLimit }:
                    var until = Beijing.MidnightAfter(now);
                    if (!usedUp.ContainsKey(call.Name)) WeChatApiLog.UsedUp(log, account, call.Name, until);
                    var limit = usedUp[call.Name] = new UsedUp(until, now + probeEvery);
                    return (limit.NextProbe < until ? limit.NextProbe : until) - now;
                case { Code: WeChatCode.MinuteLimit }:
                    return TimeSpan.FromMinutes(1);
                case { Code: var code } when code == 0 || WeChatCode.IsAboutTheCall(code):
                    usedUp.Remove(call.Name);
                    return null;
                default:
                    return null;   // who is busy, or knows no such account, has not looked at limits
            }
        }
    }

    // Once a probe is due the right counts as there: else nobody would make the call that finds out.
    private bool IsUsedUp(string name) => usedUp.TryGetValue(name, out var limit) && clock.GetUtcNow() is var now && now < limit.Until && now < limit.NextProbe;

    private sealed record UsedUp(DateTimeOffset Until, DateTimeOffset NextProbe);
}
