using System.Globalization;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>A token. A secret: its text goes into a note and a query, and nowhere else.</summary>
/// <param name="Value">1 to 2048 characters, without spaces.</param>
/// <param name="Ends">When WeChat forgets it.</param>
internal sealed record ApiToken(string Value, DateTimeOffset Ends)
{
    /// <summary>For so long before its end it is renewed: WeChat gives the next one then (api_getstableaccesstoken).</summary>
    public static TimeSpan Margin { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Five minutes before its end, or half way to it where that is nearer.</summary>
    public DateTimeOffset RenewAt(TimeProvider clock)
    {
        var left = Ends - clock.GetUtcNow();
        return Ends - (left > Margin * 2 ? Margin : left / 2);
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public string ToNote() => $"{Ends.ToUnixTimeSeconds()} {Value}";

    /// <summary>Nothing secret.</summary>
    public override string ToString() => $"a token until {Ends:u}";

    /// <summary>Null for anything else.</summary>
    public static ApiToken? Parse(string? note) =>
        note?.Split(' ') is [var ends, { Length: > 0 } value] && long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
            ? new ApiToken(value, DateTimeOffset.FromUnixTimeSeconds(seconds)) : null;

    /// <summary>What stable_token answered; null where that is no token.</summary>
    public static ApiToken? Of(ApiReply reply, TimeProvider clock) =>
        reply.TextOf("access_token") is { Length: > 0 and <= 2048 } value && value.All(c => c is > ' ' and < '\x7f') && reply.NumberOf("expires_in") is > 0 and <= 86_400 and var seconds
            ? new ApiToken(value, clock.GetUtcNow() + TimeSpan.FromSeconds(seconds)) : null;
}
