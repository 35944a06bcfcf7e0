using System.Text;
using System.Text.Json;

namespace DiffusionBot.Engine.Infotext;

/// <summary>WebUI's quoting: a value with a comma, a colon or a line break is a JSON string, with Chinese left as it is.</summary>
public static class InfotextQuoting
{
    /// <summary>A value as it stands in the parameter line.</summary>
    public static string Quote(string value)
    {
        if (value.AsSpan().IndexOfAny(',', ':', '\n') < 0) return value;
        var quoted = new StringBuilder(value.Length + 8).Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' => quoted.Append($"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>The value of what stands in the parameter line; what is no JSON string is the value itself.</summary>
    public static string Unquote(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"') return text;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            if (!reader.Read() || reader.TokenType != JsonTokenType.String) return text;
            var value = reader.GetString()!;
            return reader.Read() ? text : value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)   // the second: half of a surrogate pair, escaped
        {
            return text;
        }
    }

    /// <summary>The length of the quoted string that a text starts with, quotes included; 0 where none is closed.</summary>
    public static int QuotedLength(ReadOnlySpan<char> text)
    {
        if (text.Length == 0 || text[0] != '"') return 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i + 1;
        }
        return 0;
    }
}
