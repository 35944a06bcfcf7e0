using System.Diagnostics.CodeAnalysis;

namespace DiffusionBot.Chat.WeChat;

/// <summary>A user of an account: whom they are known as, and where answers to them go.</summary>
/// <param name="Account">The account's name in the options.</param>
/// <param name="OpenId">What WeChat calls the user towards this account.</param>
internal sealed record WeChatAddress(string Account, string OpenId)
{
    public const string Place = "wechat";

    /// <summary>`wechat:NAME/OPENID`.</summary>
    public override string ToString() => $"{Place}:{Account}/{OpenId}";

    /// <summary>The other way round. False for what is no address of this place.</summary>
    public static bool TryParse(ChatAddress address, [NotNullWhen(true)] out WeChatAddress? parsed)
    {
        parsed = null;
        if (address.Place != Place) return false;
        var rest = address.Value[(Place.Length + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == rest.Length - 1) return false;
        parsed = new WeChatAddress(rest[..slash], rest[(slash + 1)..]);
        return true;
    }
}
