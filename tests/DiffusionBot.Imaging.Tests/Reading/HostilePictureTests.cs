using System.Buffers.Binary;
using System.Text;
using DiffusionBot.Imaging.Metadata;

namespace DiffusionBot.Imaging.Tests.Reading;

/// <summary>Pictures that are made to harm: refused by their header, with a reason, and without the memory they ask for.</summary>
public sealed class HostilePictureTests
{
    private const long LittleMemory = 40L << 20;

    [Fact]
    public void A_png_of_ten_milliard_pixels() => Refuses("100000x100000", Samples.Png(100_000, 100_000, 8, 2, []));

    [Fact]
    public void A_png_within_the_edge_but_with_too_many_pixels() => Refuses("limit is 67108864", Samples.Png(16_000, 16_000, 8, 2, []));

    [Fact]
    public void A_png_of_more_than_31_bits() => Refuses("2147483648", Samples.Png(int.MinValue, 1, 8, 2, []));

    [Fact]
    public void A_png_of_no_height() => Refuses("5x0", Samples.Png(5, 0, 8, 2, []));

    [Fact]
    public void A_gif_of_ten_thousand_frames() => Refuses("10000 frames", Samples.Gif(1, 1, 10_000));

    [Fact]
    public void A_gif_whose_frame_sticks_out_of_a_small_canvas()
    {
        var gif = Samples.Gif(1, 1, 1);
        // The frame's width and height lie 4 bytes behind its mark.
        var frame = Array.LastIndexOf(gif, (byte)0x2C);
        (gif[frame + 5], gif[frame + 6], gif[frame + 7], gif[frame + 8]) = (0xFF, 0xFF, 0xFF, 0xFF);
        Refuses("65535x65535", gif);
    }

    [Fact]
    public void A_webp_of_a_huge_canvas()
    {
        var webp = PictureWriter.Webp(Samples.Source, 90, "x");   // extended: the canvas is at byte 24
        webp.AsSpan(24, 6).Fill(0xFF);
        Refuses("16777216x16777216", webp);
    }

    [Fact]
    public void A_jpeg_of_a_huge_frame()
    {
        var jpeg = PictureWriter.Jpeg(Samples.Source, 90, null);
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        jpeg.AsSpan(frame + 5, 4).Fill(0xFF);
        Refuses("65535x65535", jpeg);
    }

    [Fact]
    public void A_bmp_of_a_huge_size() => Refuses("2000000000x2000000000", Samples.Bmp(2_000_000_000, 2_000_000_000, 24, 0, [], []));

    [Fact]
    public void An_animated_png_of_milliards_of_frames() =>
        Refuses("2147483647 frames", Samples.Png(1, 1, 8, 0, [9], ("acTL", [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])));

    [Theory]
    [InlineData("zTXt", "parameters\0\0")]
    [InlineData("iTXt", "parameters\0\u0001\0\0\0")]
    public void Text_that_inflates_beyond_measure(string type, string head)
    {
        // A milliard zeros in about a megabyte would do; 64 MB stand for them.
        var bomb = Samples.Deflate(new byte[64 << 20]);
        Refuses("'parameters'", Samples.Png(1, 1, 8, 0, [9], (type, [.. Encoding.Latin1.GetBytes(head), .. bomb])));
    }

    [Fact]
    public void Many_texts_that_together_are_too_much()
    {
        var chunk = ("tEXt", (byte[])[.. "parameters\0"u8, .. new byte[1 << 20]]);
        Refuses("8388608", Samples.Png(1, 1, 8, 0, [9], [.. Enumerable.Repeat(chunk, 9)]));
    }

    [Theory]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(5000u)]
    public void A_png_chunk_that_lies_about_its_length(uint length)
    {
        var png = Samples.File("text.png");
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(33), length);
        Refuses($"claims {length} bytes", png);
    }

    [Fact]
    public void A_jpeg_segment_that_lies_about_its_length()
    {
        var jpeg = Samples.File("text.jpg");
        (jpeg[4], jpeg[5]) = (0xFF, 0xFF);
        Refuses("claims 65535 bytes", jpeg);
        (jpeg[4], jpeg[5]) = (0, 1);
        Refuses("claims 1 bytes", jpeg);
        Refuses("without a frame header", jpeg[..2].Concat(new byte[] { 0xFF, 0xD9 }).ToArray());
    }

    [Fact]
    public void A_webp_that_lies_about_its_lengths()
    {
        var webp = Samples.File("text.webp");
        BinaryPrimitives.WriteUInt32LittleEndian(webp.AsSpan(4), uint.MaxValue);
        Refuses("claims 4294967295 bytes", webp);
        webp = Samples.File("text.webp");
        BinaryPrimitives.WriteUInt32LittleEndian(webp.AsSpan(16), 0x7FFFFFFF);
        Refuses("claims 2147483647 bytes", webp);
    }

    [Fact]
    public void Exif_that_points_anywhere_is_no_text()
    {
        foreach (var at in Enumerable.Range(0, 44))
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0xFF })
            {
                var exif = ExifBlock.Write("Steps: 20");
                exif[at] = value;
                ExifBlock.Read(exif);   // no exception is the point; what is read may be anything
                exif.AsSpan(at, Math.Min(4, exif.Length - at)).Fill(value);
                ExifBlock.Read(exif);
            }
        }
        Assert.Null(ExifBlock.Read(ExifBlock.Write("Steps: 20").AsSpan(0, 50)).UserComment);
    }

    [Fact]
    public void Exif_and_comments_of_many_megabytes()
    {
        // A segment holds 64 KB, and readers join them.
        byte[] segment = [0xFF, 0xE1, 0xFF, 0xFF, .. "Exif\0\0"u8, .. new byte[65_535 - 8]];
        var jpeg = PictureWriter.Jpeg(Samples.Source, 90, null);
        byte[] file = [.. jpeg[..2], .. Enumerable.Repeat(segment, 130).SelectMany(s => s), .. jpeg[2..]];
        Refuses("of EXIF", file);
        byte[] comment = [0x21, 0xFE, .. Enumerable.Repeat((byte[])[255, .. new byte[255]], 33_000).SelectMany(b => b), 0];
        Refuses("of EXIF or comment", Samples.Gif(1, 1, 1, comment));
        Refuses("of EXIF", Samples.Png(1, 1, 8, 0, [9], ("eXIf", new byte[9 << 20])));
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(5000, true)]
    public void A_jpeg_of_thousands_of_scans(int scans, bool isRefused)
    {
        // Each scan of 14 bytes goes over all 49,152 blocks of 2048x1536 again, in two runs of empty ones.
        byte[] quantization = [0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64)];
        byte[] frame = [0xFF, 0xC2, 0, 11, 8, 6, 0, 8, 0, 1, 1, 0x11, 0];
        byte[] huffman = [0xFF, 0xC4, 0, 20, 0x00, 1, .. new byte[15], 0, 0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0xE0];
        byte[] first = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, .. new byte[49_152 / 8]];
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0, 0x40, 0, 0x80, 3];
        byte[] file = [0xFF, 0xD8, .. quantization, .. frame, .. huffman, .. first, .. Enumerable.Repeat(scan, scans).SelectMany(s => s), 0xFF, 0xD9];
        if (isRefused) Refuses("100 scans", file);
        else Assert.Equal(2048, PictureReader.Decode(file).Bitmap.Width);
    }

    public static TheoryData<string> Files() => ["text.png", "text.jpg", "text.webp", "text.gif", "bmp"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Truncated_files_are_refused(string name)
    {
        var file = name == "bmp" ? Samples.Bmp(20, 20, 24, 0, [], new byte[60 * 20]) : Samples.File(name);
        for (var length = 0; length < file.Length - 2; length += Math.Max(1, file.Length / 97))
        {
            var cut = file.AsMemory(0, length);
            var e = Record.Exception(() => PictureReader.Decode(cut));
            Assert.True(e is InvalidPictureException, $"{name} of {file.Length} bytes cut at {length}: {e?.ToString() ?? "decoded"}.");
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("PK\u0003\u0004 not a picture", "504B0304")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "Neither PNG")]
    [InlineData("RIFF\u0004\0\0\0WAVE", "Neither PNG")]
    public void What_is_no_picture_is_said_to_be_none(string content, string reason) => Refuses(reason, Encoding.Latin1.GetBytes(content));

    [Fact]
    public void A_file_over_the_limit_of_bytes()
    {
        var file = Samples.File("text.png");
        var e = Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(file, new() { MaxBytes = 4000 }));
        Assert.Contains($"{file.Length} bytes; the limit is 4000", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_can_be_narrowed()
    {
        var file = Samples.File("text.png");
        Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(file, new() { MaxEdge = 55 }));
        Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(file, new() { MaxPixels = 2239 }));
        Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(Samples.Gif(1, 1, 3), new() { MaxFrames = 2 }));
        PictureReader.Decode(file, new() { MaxEdge = 56, MaxPixels = 2240, MaxFrames = 1 });
    }

    private static void Refuses(string reason, byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(file));
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.True(taken < LittleMemory, $"{taken} bytes were allocated to refuse {file.Length}.");
    }
}
