namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>A message as WeChat sends it, checked: no field is longer than its place allows, and there is who it comes from.</summary>
internal sealed record WeChatMessage
{
    /// <summary>The account's id (`gh_…`).</summary>
    public required string ToUserName { get; init; }

    /// <summary>The user's id for this account (openid): letters, digits, `-` and `_`, at most 64.</summary>
    public required string FromUserName { get; init; }

    /// <summary>When it was sent, in seconds since 1970.</summary>
    public required long CreateTime { get; init; }

    /// <summary>text, image, voice, event, ...</summary>
    public required string MsgType { get; init; }

    /// <summary>Null for events.</summary>
    public string? MsgId { get; init; }

    /// <summary>Of a text.</summary>
    public string? Content { get; init; }

    /// <summary>Of a text that a tapped link sent.</summary>
    public string? BizMsgMenuId { get; init; }

    /// <summary>Of an image: a compressed copy, for who may not fetch the media.</summary>
    public string? PicUrl { get; init; }

    /// <summary>Of an image or a recording.</summary>
    public string? MediaId { get; init; }

    /// <summary>The words of a recording, where the account has them recognised.</summary>
    public string? Recognition { get; init; }

    /// <summary>subscribe, unsubscribe, SCAN, CLICK, VIEW, ...</summary>
    public string? Event { get; init; }

    /// <summary>What was tapped or scanned.</summary>
    public string? EventKey { get; init; }

    /// <summary>By this a message that is sent again is known (Passive_user_reply_message): MsgId with who and when; events have none, and are known by what they are.</summary>
    public string Identity => MsgId is not null
        ? $"{MsgId}/{FromUserName}/{CreateTime}"
        : $"{FromUserName}/{CreateTime}/{Event}/{EventKey}";
}
