using System.Security.Cryptography;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>What WeChat says with a code, where it was seen; else what the code means.</summary>
internal static class ApiErrors
{
    private static readonly Dictionary<int, string> texts = new()
    {
        [-1] = "system error",
        [40001] = "invalid credential, access_token is invalid or not latest",
        [40002] = "invalid grant_type",
        [40003] = "invalid openid",
        [40004] = "invalid media type",
        [40005] = "invalid file type",
        [40007] = "invalid media_id",
        [40008] = "invalid message type",
        [40009] = "invalid image size",
        [40013] = "invalid appid",
        [40014] = "invalid access_token",
        [40016] = "invalid button size",
        [40017] = "invalid button type",
        [40018] = "invalid button name size",
        [40019] = "invalid button key size",
        [40020] = "invalid button url size",
        [40023] = "invalid sub button size",
        [40024] = "invalid sub button type",
        [40025] = "invalid sub button name size",
        [40026] = "invalid sub button key size",
        [40027] = "invalid sub button url size",
        [40033] = "invalid charset. please check your request, if include \\\\uxxxx will create fail!",
        [40125] = "invalid appsecret",
        [40164] = "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist",
        [41001] = "access_token missing",
        [41005] = "media data missing",
        [42001] = "access_token expired",
        [43001] = "require GET method",
        [43002] = "require POST method",
        [44002] = "empty post data",
        [44003] = "empty news data",
        [44004] = "empty content",
        [45002] = "content size out of limit",
        [45008] = "article size out of limit",
        [45009] = "reach max api daily quota limit",
        [45011] = "api minute-quota reach limit, must slower, retry next minute",
        [45015] = "response out of time limit or subscription is canceled",
        [45047] = "out of response count limit",
        [45080] = "no message was exchanged within 30 seconds",
        [45081] = "already typing",
        [47001] = "data format error",
        [48001] = "api unauthorized",
    };

    public static string TextOf(int code) => texts.GetValueOrDefault(code, "error");

    public static string NewRid() => $"{Hex()}-{Hex()}-{Hex()}";

    private static string Hex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
}
