using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>
/// JSON as WeChat takes it: it refuses \uXXXX (40033), which every encoder of .NET writes for something (the relaxed one for U+2028, emoji and private characters). So strings
/// are quoted here: what needs an escape gets a short one, and what has none (control characters) cannot be said.
/// </summary>
internal static class WeChatJson
{
    /// <summary>An object in UTF-8.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A string property.</summary>
    /// <param name="json">Within an object.</param>
    /// <param name="name">ASCII.</param>
    /// <param name="value">Any text; control characters other than \b \t \n \f \r are left out, half a surrogate pair becomes U+FFFD.</param>
    public static void Text(this Utf8JsonWriter json, string name, string value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(Quoted(value), skipInputValidation: true);
    }

    internal static string Quoted(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (var rune in value.EnumerateRunes())   // half a pair comes as U+FFFD
        {
            switch (rune.Value)
            {
                case '"': quoted.Append("\\\""); break;
                case '\\': quoted.Append(@"\\"); break;
                case '\b': quoted.Append(@"\b"); break;
                case '\t': quoted.Append(@"\t"); break;
                case '\n': quoted.Append(@"\n"); break;
                case '\f': quoted.Append(@"\f"); break;
                case '\r': quoted.Append(@"\r"); break;
                case < ' ': break;
                default: quoted.Append(rune.ToString()); break;
            }
        }
        return quoted.Append('"').ToString();
    }
}
