using System.Text;
using DiffusionBot.Imaging.Formats;
using DiffusionBot.Imaging.Metadata;

namespace DiffusionBot.Imaging.Tests.Text;

public sealed class PictureTextTests
{
    public static TheoryData<string, string> References() =>
        [.. TestData.Json("imaging/imaging.json").EnumerateArray().Select(c => (c.GetProperty("file").GetString()!, c.GetProperty("text").GetString()!))];

    [Theory]
    [MemberData(nameof(References))]
    public void Reads_what_WebUI_reads_from(string file, string expected)
    {
        Assert.Equal(expected, PictureText.Read(Samples.File(file)).Parameters);
        Assert.Equal(expected, PictureReader.Decode(Samples.File(file)).Text.Parameters);
    }

    [Fact]
    public void Other_text_chunks_are_kept_by_keyword()
    {
        var entries = PictureText.Read(Samples.File("novelai.png")).Entries;
        Assert.Equal("NovelAI", entries["Software"]);
        Assert.Equal("1girl, apple", entries["Description"]);
    }

    [Fact]
    public void A_picture_without_text_has_none() =>
        Assert.Null(PictureText.Read(PictureWriter.Png(Samples.Source, parameters: null)).Parameters);

    public static TheoryData<string> Texts() =>
    [
        "a cat\nNegative prompt: dog\nSteps: 20, Seed: 1",
        "红苹果，\"quoted\" 'single' \\ backslash\nSteps: 5",
        "emoji 🍎🐱 and ﬁ ligature",
        "café, latin one only: ÿ",
        "x",
        "line\r\nwith CRLF\ttab",
        new string('长', 20_000),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_returns_from_every_container(string text)
    {
        Assert.Equal(text, PictureText.Read(PictureWriter.Png(Samples.Source, text)).Parameters);
        Assert.Equal(text, PictureText.Read(PictureWriter.Jpeg(Samples.Source, 90, text)).Parameters);
        Assert.Equal(text, PictureText.Read(PictureWriter.Webp(Samples.Source, 90, text)).Parameters);
        Assert.Equal(text, PictureText.Read(PictureWriter.Webp(Samples.Noise(9, 7, 4, 1), 100, text)).Parameters);
    }

    [Fact]
    public void Pictures_with_text_still_decode_to_the_same_pixels()
    {
        Assert.Equal(Samples.Source.Pixels, PictureReader.Decode(PictureWriter.Png(Samples.Source, "红")).Bitmap.Pixels);
        Assert.Equal(Samples.Source.Pixels, PictureReader.Decode(PictureWriter.Webp(Samples.Source, 100, "红")).Bitmap.Pixels);
        Assert.Equal(PictureReader.Decode(PictureWriter.Jpeg(Samples.Source, 90, null)).Bitmap.Pixels, PictureReader.Decode(PictureWriter.Jpeg(Samples.Source, 90, "红")).Bitmap.Pixels);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(80)]
    public void A_webp_with_text_still_says_that_it_has_alpha(int quality)
    {
        const byte alphaFlag = 0x10, exifFlag = 0x08;
        var webp = PictureWriter.Webp(Samples.Noise(9, 7, 4, 1), quality, "红");
        Assert.Equal(alphaFlag | exifFlag, webp[20]);
        Assert.Equal(4, PictureReader.Decode(webp).Bitmap.Channels);
        Assert.Equal(exifFlag, PictureWriter.Webp(Samples.Source, quality, "红")[20]);
    }

    [Fact]
    public void Latin_text_is_written_as_tEXt_and_other_text_as_iTXt_as_Pillow_does()
    {
        Assert.Equal("tEXt", SecondChunk(PictureWriter.Png(Samples.Source, "café")));
        Assert.Equal("iTXt", SecondChunk(PictureWriter.Png(Samples.Source, "红")));

        static string SecondChunk(byte[] png)
        {
            var chunks = new PngFile.Chunks(png);
            Assert.True(chunks.Next() && chunks.Next());
            return chunks.Type;
        }
    }

    [Fact]
    public void The_text_chunk_is_the_one_of_Pillow_byte_for_byte()
    {
        var text = PictureText.Read(Samples.File("text.png")).Parameters!;
        Assert.Equal(TextChunk(Samples.File("text.png")), TextChunk(PictureWriter.Png(Samples.Source, text)));

        // 33 bytes of signature and IHDR stand before it.
        static byte[] TextChunk(byte[] png) => png[33..(33 + 12 + 154)];
    }

    [Fact]
    public void The_user_comment_is_the_one_of_piexif_byte_for_byte()
    {
        var text = PictureText.Read(Samples.File("text.jpg")).Parameters!;
        byte[] comment = [.. "UNICODE\0"u8, .. Encoding.BigEndianUnicode.GetBytes(text)];
        Assert.True(Samples.File("text.jpg").AsSpan().IndexOf(comment) > 0);
        Assert.True(PictureWriter.Jpeg(Samples.Source, 90, text).AsSpan().IndexOf(comment) > 0);
        Assert.True(PictureWriter.Webp(Samples.Source, 90, text).AsSpan().IndexOf(comment) > 0);
    }

    [Fact]
    public void Exif_wins_over_the_parameters_chunk()
    {
        var png = Samples.Png(1, 1, 8, 0, [7], ("tEXt", Latin("parameters\0chunk")), ("eXIf", ExifBlock.Write("exif")));
        Assert.Equal("exif", PictureText.Read(png).Parameters);
    }

    [Fact]
    public void Exif_without_a_comment_leaves_the_chunk()
    {
        var png = Samples.Png(1, 1, 8, 0, [7], ("tEXt", Latin("parameters\0chunk")), ("eXIf", [.. "MM\0*\0\0\0\b\0\0\0\0\0\0"u8]));
        Assert.Equal("chunk", PictureText.Read(png).Parameters);
    }

    [Fact]
    public void Text_after_the_pixels_counts_and_the_last_of_a_keyword_wins()
    {
        var png = Samples.Png(1, 1, 8, 0, [7], ("tEXt", Latin("parameters\0first")));
        byte[] second = Samples.Png(("tEXt", Latin("parameters\0second")))[8..];
        Assert.Equal("second", PictureText.Read([.. png[..^12], .. second, .. png[^12..]]).Parameters);
    }

    public static TheoryData<string, byte[], string?> Comments() => new()
    {
        { "high byte first", [.. "UNICODE\0"u8, .. Encoding.BigEndianUnicode.GetBytes("Steps: 红")], "Steps: 红" },
        { "low byte first", [.. "UNICODE\0"u8, .. Encoding.Unicode.GetBytes("Steps: 红")], "Steps: 红" },
        { "low byte first with mark", [.. "UNICODE\0"u8, 0xFF, 0xFE, .. Encoding.Unicode.GetBytes("红苹果")], "红苹果" },
        { "high byte first with mark", [.. "UNICODE\0"u8, 0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("红苹果")], "红苹果" },
        { "Chinese alone is high byte first", [.. "UNICODE\0"u8, .. Encoding.BigEndianUnicode.GetBytes("红苹果")], "红苹果" },
        { "ASCII", [.. "ASCII\0\0\0Steps: 20"u8], "Steps: 20" },
        { "UTF-8 under ASCII", [.. "ASCII\0\0\0"u8, .. "红"u8], "红" },
        { "no code", [.. "Steps: 20, 红苹果"u8], "Steps: 20, 红苹果" },
        { "no code, damaged", [.. "Steps: "u8, 0xFF, .. "20 and more"u8], "Steps: 20 and more" },
        { "undefined code", [.. "\0\0\0\0\0\0\0\0Steps: 20"u8], "Steps: 20" },
        { "JIS", [.. "JIS\0\0\0\0\0abcdef"u8], null },
        { "nothing", [.. "UNICODE\0"u8], null },
    };

    [Theory]
    [MemberData(nameof(Comments))]
    public void User_comments_of_every_code_are_read(string label, byte[] content, string? expected)
    {
        // ExifBlock.Write's block with another comment in its place: its count is at byte 8 + 18 + 6, the comment at 44.
        var block = ExifBlock.Write("");
        byte[] exif = [.. block[..32], .. Samples.BigEndian((uint)content.Length), .. block[36..44], .. content];
        Assert.Equal((label, expected), (label, ExifBlock.Read(exif).UserComment));
    }

    [Fact]
    public void Comments_of_a_gif_are_joined_and_those_behind_the_first_frame_are_not_read()
    {
        byte[] first = [0x21, 0xFE, 3, .. "one"u8, 2, .. "++"u8, 0], second = [0x21, 0xFE, 3, .. "two"u8, 0];
        var gif = Samples.Gif(1, 1, 1, first, second);
        Assert.Equal("one++\ntwo", PictureText.Read([.. gif[..^1], 0x21, 0xFE, 1, (byte)'x', 0, 0x3B]).Parameters);
    }

    [Fact]
    public void A_jpeg_comment_is_text_where_no_exif_is()
    {
        var jpeg = PictureWriter.Jpeg(Samples.Source, 90, null);
        byte[] comment = [0xFF, 0xFE, 0, 7, .. "Steps"u8];
        Assert.Equal("Steps", PictureText.Read([.. jpeg[..2], .. comment, .. jpeg[2..]]).Parameters);
    }

    [Theory]
    [InlineData("11", "11")]
    [InlineData("11.0", "11.0")]
    [InlineData("1.50", "1.5")]
    [InlineData("1e1", "10.0")]
    [InlineData("\"7\"", "7")]
    public void NovelAI_numbers_are_printed_as_Python_prints_them(string json, string expected) =>
        Assert.Contains($"CFG scale: {expected}, ", PictureText.Read(NovelAi($$"""{"uc": "", "steps": 1, "scale": {{json}}, "seed": 2, "sampler": "k_lms"}""")).Parameters, StringComparison.Ordinal);

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("""{"uc": "", "steps": 1}""")]
    [InlineData("""{"uc": "", "steps": 1, "scale": {}, "seed": 2, "sampler": "k_lms"}""")]
    [InlineData("""{"uc": "\ud800", "steps": 1, "scale": 1, "seed": 2, "sampler": "k_lms"}""")]
    public void Damaged_NovelAI_json_is_no_text(string json) => Assert.Null(PictureText.Read(NovelAi(json)).Parameters);

    [Fact]
    public void Damaged_compressed_text_is_no_text()
    {
        var png = Samples.Png(1, 1, 8, 0, [7], ("zTXt", Latin("parameters\0\0not zlib at all")));
        Assert.Null(PictureText.Read(png).Parameters);
    }

    [Fact]
    public void Text_too_long_for_a_jpeg_is_refused_with_both_numbers()
    {
        var e = Assert.Throws<ArgumentException>(() => PictureWriter.Jpeg(Samples.Source, 90, new string('x', 40_000)));
        Assert.Contains("65527", e.Message, StringComparison.Ordinal);
    }

    private static byte[] NovelAi(string json) => Samples.Png(1, 1, 8, 0, [7],
        ("tEXt", Latin("Software\0NovelAI")), ("tEXt", Latin("Description\0a cat")), ("tEXt", Latin($"Comment\0{json}")));

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
