using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;

namespace DiffusionBot.Imaging;

/// <summary>The mark in a file that says a machine made it: GB 45438-2025, appendix E, a JSON text in XMP.</summary>
public sealed record AigcLabel
{
    private const string Space = "http://www.tc260.org.cn/ns/AIGC/1.0/", Property = "AIGC";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>1: generated. 2: possibly generated. 3: suspected.</summary>
    public string Label { get; init; } = "1";

    /// <summary>Who generated it: a name or a code.</summary>
    public string ContentProducer { get; init; } = "";

    /// <summary>The producer's number for it.</summary>
    [JsonPropertyName("ProduceID")]
    public string ProduceId { get; init; } = "";

    /// <summary>For the producer's own use, as a signature.</summary>
    public string ReservedCode1 { get; init; } = "";

    /// <summary>Who spreads it: a name or a code.</summary>
    public string ContentPropagator { get; init; } = "";

    /// <summary>The propagator's number for it.</summary>
    [JsonPropertyName("PropagateID")]
    public string PropagateId { get; init; } = "";

    /// <summary>For the propagator's own use.</summary>
    public string ReservedCode2 { get; init; } = "";

    /// <summary>An XMP packet with nothing else in it.</summary>
    public string ToXmp() => $"""
        <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/">
         <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
          <rdf:Description rdf:about="" xmlns:TC260="{Space}">
           <TC260:{Property}>{new XText(JsonSerializer.Serialize(this, Json))}</TC260:{Property}>
          </rdf:Description>
         </rdf:RDF>
        </x:xmpmeta>
        <?xpacket end="r"?>
        """;

    /// <summary>The label in an XMP packet, as an element or an attribute; null where there is none that is sound.</summary>
    public static AigcLabel? FromXmp(string packet)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(new StringReader(packet), settings);
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element) continue;
                var json = reader.GetAttribute(Property, Space)
                    ?? (reader.LocalName == Property && reader.NamespaceURI == Space ? reader.ReadElementContentAsString() : null);
                if (json is not null) return JsonSerializer.Deserialize<AigcLabel>(json, Json);
            }
            return null;
        }
        catch (Exception e) when (e is XmlException or JsonException or InvalidOperationException)
        {
            return null;   // damaged, or nested where text should be
        }
    }
}
