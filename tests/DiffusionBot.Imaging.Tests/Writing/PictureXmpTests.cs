using System.Text;
using System.Text.Json;

namespace DiffusionBot.Imaging.Tests.Writing;

public sealed class PictureXmpTests
{
    private const string Parameters = "红苹果 a cat\nNegative prompt: blurry\nSteps: 20, Seed: 7";

    private static readonly AigcLabel Label = new() { ContentProducer = "画室 <& \"co\"", ProduceId = "p-1", ContentPropagator = "画室", PropagateId = "p-2" };

    public static TheoryData<string> Formats() => ["png", "png without text", "rgba png", "jpeg", "jpeg without text", "webp", "webp without text", "rgba webp"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_packet_returns_and_everything_else_stays(string format)
    {
        var file = Encode(format);
        Assert.Null(PictureXmp.Read(file));
        var packet = Label.ToXmp();
        var labelled = PictureXmp.Write(file, packet);
        Assert.Equal(packet, PictureXmp.Read(labelled));
        var (before, after) = (PictureReader.Decode(file), PictureReader.Decode(labelled));
        Assert.Equal(before.Bitmap.Pixels, after.Bitmap.Pixels);
        Assert.Equal(before.Text.Parameters, after.Text.Parameters);
        Assert.Equal(format.EndsWith("without text", StringComparison.Ordinal) ? null : Parameters, after.Text.Parameters);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_second_packet_takes_the_first_one_s_place(string format)
    {
        var once = PictureXmp.Write(Encode(format), "<second/>");
        Assert.Equal(once, PictureXmp.Write(PictureXmp.Write(Encode(format), Label.ToXmp()), "<second/>"));
    }

    [Fact]
    public void Containers_are_as_their_specifications_say()
    {
        byte[] packet = [.. "<x/>"u8];
        Assert.Contains("iTXtXML:com.adobe.xmp\0\0\0\0\0<x/>", Latin1(PictureXmp.Write(Encode("png"), "<x/>")), StringComparison.Ordinal);
        var jpeg = PictureXmp.Write(Encode("jpeg"), "<x/>");
        Assert.Contains($"\u00FF\u00E1\0{(char)(2 + 29 + packet.Length)}http://ns.adobe.com/xap/1.0/\0<x/>", Latin1(jpeg), StringComparison.Ordinal);
        Assert.True(Latin1(jpeg).IndexOf("Exif\0\0", StringComparison.Ordinal) < Latin1(jpeg).IndexOf("http://ns.adobe", StringComparison.Ordinal));
        var webp = PictureXmp.Write(Encode("webp without text"), "<x/>");
        Assert.Equal("VP8X", Latin1(webp)[12..16]);
        Assert.Equal(0x04, webp[20]);
        Assert.EndsWith("XMP \u0004\0\0\0<x/>", Latin1(webp), StringComparison.Ordinal);
        Assert.Equal(0x0C, PictureXmp.Write(Encode("webp"), "<x/>")[20]);
    }

    [Fact]
    public void What_a_format_cannot_hold_is_refused()
    {
        Assert.Equal(65_504, PictureXmp.Read(PictureXmp.Write(Encode("jpeg"), new string('x', 65_504)))!.Length);
        Assert.Throws<ArgumentException>(() => PictureXmp.Write(Encode("jpeg"), new string('x', 65_505)));
        Assert.Throws<ArgumentException>(() => PictureXmp.Write(Samples.File("text.gif"), "<x/>"));
        Assert.Null(PictureXmp.Read(Samples.File("text.gif")));
        Assert.Throws<InvalidPictureException>(() => PictureXmp.Write("nothing"u8, "<x/>"));
    }

    [Fact]
    public void Damaged_packets_are_none()
    {
        var png = PictureXmp.Write(Encode("png"), "<xmp/>");
        var at = Latin1(png).IndexOf("<xmp/>", StringComparison.Ordinal);
        (png[at], png[at + 1]) = (0xC3, 0x28);
        Assert.Null(PictureXmp.Read(png));
        Assert.Null(PictureXmp.Read(PictureXmp.Write(Encode("webp"), new string('x', 9 << 20))));
    }

    [Fact]
    public void The_label_is_the_standard_s_JSON()
    {
        using var json = JsonDocument.Parse(System.Xml.Linq.XDocument.Parse(Label.ToXmp()).Descendants().Single(e => e.Name == "{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC").Value);
        Assert.Equal(
            ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("1", json.RootElement.GetProperty("Label").GetString());
        Assert.Equal(Label.ContentProducer, json.RootElement.GetProperty("ContentProducer").GetString());
        Assert.Contains("画室", Label.ToXmp(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_returns_from_its_packet_and_from_others_forms()
    {
        Assert.Equal(Label, AigcLabel.FromXmp(Label.ToXmp()));
        Assert.Equal("2", AigcLabel.FromXmp("""<d xmlns:T="http://www.tc260.org.cn/ns/AIGC/1.0/" T:AIGC='{"Label":"2"}'/>""")?.Label);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<x")]
    [InlineData("<x/>")]
    [InlineData("<T:AIGC xmlns:T='http://www.tc260.org.cn/ns/AIGC/1.0/'>no JSON</T:AIGC>")]
    [InlineData("<T:AIGC xmlns:T='http://www.tc260.org.cn/ns/AIGC/1.0/'><b/></T:AIGC>")]
    [InlineData("<T:AIGC xmlns:T='http://www.tc260.org.cn/ns/AIGC/1.0/'>[1]</T:AIGC>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")]
    public void Other_packets_have_no_label(string packet) => Assert.Null(AigcLabel.FromXmp(packet));

    private static byte[] Encode(string format)
    {
        var parameters = format.EndsWith("without text", StringComparison.Ordinal) ? null : Parameters;
        var picture = format.StartsWith("rgba", StringComparison.Ordinal) ? Samples.Noise(31, 17, 4, seed: 1) : Samples.Source;
        return format.Contains("png", StringComparison.Ordinal) ? PictureWriter.Png(picture, parameters)
            : format.Contains("jpeg", StringComparison.Ordinal) ? PictureWriter.Jpeg(picture, 90, parameters)
            : PictureWriter.Webp(picture, 90, parameters);
    }

    private static string Latin1(byte[] file) => Encoding.Latin1.GetString(file);
}
