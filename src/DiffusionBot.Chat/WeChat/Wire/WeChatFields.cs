using System.Text;
using System.Xml;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>
/// The fields of an XML body: what stands directly below its root. No document types, so no entities of its own; nothing is fetched; depth and lengths are bounded.
/// </summary>
internal static class WeChatFields
{
    /// <summary>The longest body, in characters.</summary>
    public const int MostCharacters = 64 << 10;

    // WeChat's deepest is a list within a field: 5.
    private const int MostDepth = 16;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostCharacters,
        MaxCharactersFromEntities = 1,
        CheckCharacters = true,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads those of a body's fields that are asked for.</summary>
    /// <param name="xml">The body.</param>
    /// <param name="wanted">Names, and how many characters each may have.</param>
    /// <returns>Those that are there and not empty.</returns>
    /// <exception cref="InvalidWeChatMessageException">It is no XML, a field is too long, or is there twice, or has elements in it.</exception>
    public static Dictionary<string, string> Read(string xml, IReadOnlyDictionary<string, int> wanted)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), Settings);
            return Read(reader, wanted);
        }
        catch (XmlException e)
        {
            // Its own text quotes the body.
            throw new InvalidWeChatMessageException($"The body of {xml.Length} characters is no XML that is read here, at line {e.LineNumber}, position {e.LinePosition}.");
        }
    }

    private static Dictionary<string, string> Read(XmlReader reader, IReadOnlyDictionary<string, int> wanted)
    {
        var fields = new Dictionary<string, string>();
        var seen = new HashSet<string>();
        string? field = null;
        var text = new StringBuilder();
        while (reader.Read())
        {
            if (reader.Depth > MostDepth) throw new InvalidWeChatMessageException($"The body is more than {MostDepth} elements deep.");
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Depth == 0:
                    if (reader.Name != "xml") throw new InvalidWeChatMessageException("The body's root is not <xml>.");
                    break;
                case XmlNodeType.Element when reader.Depth == 1:
                    text.Clear();
                    var name = reader.Name;
                    field = !wanted.ContainsKey(name) ? null : seen.Add(name) ? name : throw new InvalidWeChatMessageException($"{name} is there twice.");
                    break;
                case XmlNodeType.Element when field is not null:
                    throw new InvalidWeChatMessageException($"{field} has elements in it; expected text.");
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when field is not null && reader.Depth == 2:
                    text.Append(reader.Value);
                    if (text.Length > wanted[field]) throw new InvalidWeChatMessageException($"{field} has {text.Length} characters or more; expected at most {wanted[field]}.");
                    break;
                case XmlNodeType.EndElement when reader.Depth == 1:
                    if (field is not null && text.Length > 0) fields.Add(field, text.ToString());
                    field = null;
                    break;
            }
        }
        return fields;
    }
}
