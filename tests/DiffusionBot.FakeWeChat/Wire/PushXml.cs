using System.Text;

namespace DiffusionBot.FakeWeChat.Wire;

/// <summary>Messages of users, as the platform writes them.</summary>
internal static class PushXml
{
    public static string Write(FakeAccount account, string openId, DateTimeOffset at, string msgType, IEnumerable<(string Name, string Value)> fields)
    {
        var xml = new StringBuilder("<xml>");
        Add(xml, "ToUserName", account.OriginalId);
        Add(xml, "FromUserName", openId);
        Add(xml, "CreateTime", at.ToUnixTimeSeconds().ToString());
        Add(xml, "MsgType", msgType);
        foreach (var (name, value) in fields) Add(xml, name, value);
        return xml.Append("</xml>").ToString();
    }

    private static void Add(StringBuilder xml, string name, string value)
    {
        // WeChat's numbers stand bare; digits that somebody wrote do not.
        var isBare = name is "CreateTime" or "MsgId" or "MsgDataId" or "Idx" or "bizmsgmenuid" or "Location_X" or "Location_Y" or "Scale" && value.All(c => char.IsAsciiDigit(c) || c is '.' or '-');
        xml.Append('<').Append(name).Append('>');
        if (isBare) xml.Append(value);
        else xml.Append("<![CDATA[").Append(value.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal)).Append("]]>");
        xml.Append("</").Append(name).Append(">\n");
    }
}
