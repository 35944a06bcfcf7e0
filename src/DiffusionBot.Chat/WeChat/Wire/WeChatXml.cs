using System.Globalization;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>What WeChat's bodies say (Receiving_standard_messages, Receiving_event_pushes).</summary>
internal static class WeChatXml
{
    private const int LongestName = 64, LongestKind = 32, LongestNumber = 32, LongestTime = 12, LongestText = 20_000, LongestUrl = 2048, LongestKey = 1024, LongestMedia = 512;

    private static readonly Dictionary<string, int> MessageFields = new()
    {
        ["ToUserName"] = LongestName,
        ["FromUserName"] = LongestName,
        ["CreateTime"] = LongestTime,
        ["MsgType"] = LongestKind,
        ["MsgId"] = LongestNumber,
        ["Content"] = LongestText,
        ["bizmsgmenuid"] = LongestKey,
        ["PicUrl"] = LongestUrl,
        ["MediaId"] = LongestMedia,
        ["Recognition"] = LongestText,
        ["Event"] = LongestKind,
        ["EventKey"] = LongestKey,
        [Encrypt] = WeChatCipher.MostCharacters,
    };

    private static readonly Dictionary<string, int> EnvelopeFields = new() { [Encrypt] = WeChatCipher.MostCharacters };

    private const string Encrypt = "Encrypt";

    /// <summary>The ciphertext in a body; null where there is none.</summary>
    /// <exception cref="InvalidWeChatMessageException">The body is no XML.</exception>
    public static string? ReadEncrypted(string xml) => WeChatFields.Read(xml, EnvelopeFields).GetValueOrDefault(Encrypt);

    /// <summary>A message. A field that is empty is as one that is not there.</summary>
    /// <exception cref="InvalidWeChatMessageException">The body is no XML, or lacks what every message has, or a field is not what it should be.</exception>
    public static WeChatMessage ReadMessage(string xml)
    {
        var fields = WeChatFields.Read(xml, MessageFields);
        if (fields.ContainsKey(Encrypt)) throw new InvalidWeChatMessageException("The message has an Encrypt; expected none in plain text. Is the console's mode ours?");
        return new WeChatMessage
        {
            ToUserName = Word(fields, "ToUserName") ?? throw Missing("ToUserName"),
            FromUserName = Word(fields, "FromUserName") ?? throw Missing("FromUserName"),
            CreateTime = long.Parse(Digits(fields, "CreateTime") ?? throw Missing("CreateTime"), NumberStyles.None, CultureInfo.InvariantCulture),
            MsgType = Word(fields, "MsgType") ?? throw Missing("MsgType"),
            MsgId = Digits(fields, "MsgId"),
            Content = fields.GetValueOrDefault("Content"),
            BizMsgMenuId = fields.GetValueOrDefault("bizmsgmenuid"),
            PicUrl = fields.GetValueOrDefault("PicUrl"),
            MediaId = fields.GetValueOrDefault("MediaId"),
            Recognition = fields.GetValueOrDefault("Recognition"),
            Event = Word(fields, "Event"),
            EventKey = fields.GetValueOrDefault("EventKey"),
        };
    }

    private static string? Word(Dictionary<string, string> fields, string name) => Only(fields, name, c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_', "letters, digits, '-' and '_'");

    private static string? Digits(Dictionary<string, string> fields, string name) => Only(fields, name, char.IsAsciiDigit, "digits");

    private static string? Only(Dictionary<string, string> fields, string name, Func<char, bool> allowed, string expected) =>
        fields.GetValueOrDefault(name) is not { } value ? null
        : value.All(allowed) ? value
        : throw new InvalidWeChatMessageException($"{name} has other characters than {expected}.");

    private static InvalidWeChatMessageException Missing(string name) => new($"There is no {name}.");
}
