using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DiffusionBot.Imaging.Tests.Text;

public sealed class StealthTextTests
{
    private const string Parameters = "红苹果 🍎, (a cat:1.3)\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Size: 56x40";

    [Theory]
    [InlineData("stealth_pnginfo")]
    [InlineData("stealth_pngcomp")]
    [InlineData("stealth_rgbinfo")]
    [InlineData("stealth_rgbcomp")]
    public void Reads_what_was_hidden(string signature)
    {
        var picture = Hide(Samples.Noise(61, 47, 4, seed: 1), signature, Parameters);
        Assert.Equal(Parameters, StealthText.Read(picture));
        Assert.Equal(Parameters, StealthText.Read(PictureReader.Decode(PictureWriter.Png(picture, parameters: null)).Bitmap));
        Assert.Equal(Parameters, StealthText.Read(PictureReader.Decode(PictureWriter.Webp(picture, 100, parameters: null)).Bitmap));
    }

    [Fact]
    public void Reads_colours_where_there_is_no_alpha() =>
        Assert.Equal(Parameters, StealthText.Read(Hide(Samples.Noise(40, 30, 3, seed: 2), "stealth_rgbcomp", Parameters)));

    [Fact]
    public void The_first_bits_lie_down_the_first_column()
    {
        // By hand: "stealth_pnginfo", 8 bits, "x", in a picture of 4 rows.
        var pixels = new byte[40 * 4 * 4];
        byte[] stream = [.. "stealth_pnginfo"u8, 0, 0, 0, 8, (byte)'x'];
        for (var i = 0; i < stream.Length * 8; i++) pixels[((i % 4 * 40) + (i / 4)) * 4 + 3] = (byte)(254 | ((stream[i / 8] >> (7 - (i % 8))) & 1));
        Assert.Equal("x", StealthText.Read(new Bitmap(40, 4, 4, pixels)));
    }

    [Fact]
    public void NovelAI_s_JSON_becomes_a_parameter_text()
    {
        const string Json = """{"Software":"NovelAI","Description":"1girl, apple","Comment":"{\"steps\":28,\"scale\":11.0,\"seed\":5,\"uc\":\"lowres\",\"sampler\":\"k_euler\"}"}""";
        Assert.Equal(
            "1girl, apple\nNegative prompt: lowres\nSteps: 28, Sampler: Euler, CFG scale: 11.0, Seed: 5, Size: 64x64, Clip skip: 2, ENSD: 31337",
            StealthText.Read(Hide(Samples.Noise(64, 64, 4, seed: 3), "stealth_pngcomp", Json)));
    }

    [Theory]
    [InlineData("{masterpiece}, a cat")]
    [InlineData("{\"prompt\": \"a cat\"}")]
    [InlineData("{\"Software\":\"NovelAI\",\"Comment\":\"\\ud800\",\"Description\":\"x\"}")]
    public void Other_braces_are_words(string text) =>
        Assert.Equal(text, StealthText.Read(Hide(Samples.Noise(64, 64, 4, seed: 4), "stealth_pnginfo", text)));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_picture_that_hides_nothing_has_none(int channels)
    {
        Assert.Null(StealthText.Read(Samples.Noise(50, 50, channels, seed: 5)));
        Assert.Null(StealthText.Read(new Bitmap(1, 1, channels, new byte[channels])));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(7u)]
    [InlineData(64u * 64)]
    [InlineData(int.MaxValue - 7u)]
    [InlineData(uint.MaxValue)]
    public void A_length_that_cannot_be_is_no_text(uint bits) =>
        Assert.Null(StealthText.Read(Hide(Samples.Noise(64, 64, 4, seed: 6), "stealth_pnginfo", [1, 2, 3], bits)));

    [Fact]
    public void More_than_8_MiB_is_no_text_and_a_bomb_is_stopped()
    {
        var bomb = Gzip(new byte[64 << 20]);
        Assert.Null(StealthText.Read(Hide(Samples.Noise(1024, 1024, 4, seed: 7), "stealth_pngcomp", bomb, (uint)bomb.Length * 8)));
        const uint TooLong = ((8 << 20) + 1) * 8;
        Assert.Null(StealthText.Read(Hide(new Bitmap(5000, 5000, 3, new byte[75_000_000]), "stealth_rgbinfo", [], TooLong)));
    }

    [Fact]
    public void Damage_is_no_text()
    {
        Assert.Null(StealthText.Read(Hide(Samples.Noise(64, 64, 4, seed: 8), "stealth_pnginfo", [0xC3, 0x28], 16)));   // not UTF-8
        Assert.Null(StealthText.Read(Hide(Samples.Noise(64, 64, 4, seed: 8), "stealth_pngcomp", [1, 2, 3, 4], 32)));   // not gzip
        var cut = Gzip(Encoding.UTF8.GetBytes(Parameters))[..^20];
        Assert.NotEqual(Parameters, StealthText.Read(Hide(Samples.Noise(64, 64, 4, seed: 8), "stealth_pngcomp", cut, (uint)cut.Length * 8)));
    }

    /// <summary>A copy with that text hidden in it.</summary>
    private static Bitmap Hide(Bitmap bitmap, string signature, string text)
    {
        var payload = signature.EndsWith("comp", StringComparison.Ordinal) ? Gzip(Encoding.UTF8.GetBytes(text)) : Encoding.UTF8.GetBytes(text);
        return Hide(bitmap, signature, payload, (uint)payload.Length * 8);
    }

    private static Bitmap Hide(Bitmap bitmap, string signature, byte[] payload, uint claimedBits)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, claimedBits);
        byte[] stream = [.. Encoding.ASCII.GetBytes(signature), .. length, .. payload];
        var isAlpha = signature.Contains("png", StringComparison.Ordinal);
        var (first, count) = isAlpha ? (3, 1) : (0, 3);
        var pixels = bitmap.Pixels.ToArray();
        for (var i = 0; i < stream.Length * 8; i++)
        {
            var at = (((i / count % bitmap.Height * bitmap.Width) + (i / count / bitmap.Height)) * bitmap.Channels) + first + (i % count);
            pixels[at] = (byte)((pixels[at] & 0xFE) | ((stream[i / 8] >> (7 - (i % 8))) & 1));
        }
        return new(bitmap.Width, bitmap.Height, bitmap.Channels, pixels);
    }

    private static byte[] Gzip(byte[] data)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal)) gzip.Write(data);
        return result.ToArray();
    }
}
