using DiffusionBot.Imaging.Formats;
using DiffusionBot.Imaging.Native;

namespace DiffusionBot.Imaging.Tests.Reading;

public sealed class PictureReaderTests
{
    [Theory]
    [InlineData("text.png", PictureFormat.Png, 99)]
    [InlineData("text-ztxt.png", PictureFormat.Png, 99)]
    [InlineData("text-itxt-compressed.png", PictureFormat.Png, 99)]
    [InlineData("novelai.png", PictureFormat.Png, 99)]
    [InlineData("text.webp", PictureFormat.Webp, 30)]
    [InlineData("text.jpg", PictureFormat.Jpeg, 21)]   // halving the chroma of this noisy picture alone costs all but 21.05 dB
    [InlineData("text.gif", PictureFormat.Gif, 19)]    // the nearest of the file's 16 colours everywhere: 19.10 dB
    public void Every_format_shows_the_same_picture(string file, PictureFormat format, double psnr)
    {
        var picture = PictureReader.Decode(Samples.File(file));
        Assert.Equal((format, 1), (picture.Format, picture.Frames));
        Assert.Equal(new PictureHeader(format, 56, 40, 1), PictureHeader.Read(Samples.File(file)));
        var found = PictureAssert.Psnr(Samples.Source, picture.Bitmap);
        Assert.True(found >= psnr, $"{file}: {found:F1} dB from the source; expected {psnr}.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Png_returns_the_same_bytes(int channels)
    {
        var bitmap = Samples.Noise(37, 23, channels, seed: channels);
        PictureAssert.Close(bitmap, PictureReader.Decode(PictureWriter.Png(bitmap, null)).Bitmap, tolerance: 0, $"{channels} channels");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Lossless_webp_returns_the_same_bytes(int channels)
    {
        var bitmap = Samples.Noise(37, 23, channels, seed: channels);
        PictureAssert.Close(bitmap, PictureReader.Decode(PictureWriter.Webp(bitmap, 100, null)).Bitmap, tolerance: 0, $"{channels} channels");
    }

    [Fact]
    public void Sixteen_bits_become_eight()
    {
        var grey = PictureReader.Decode(Samples.Png(2, 1, 16, 0, [0x12, 0x34, 0xFF, 0xFF])).Bitmap;
        Assert.Equal((1, 0x12, 0xFF), (grey.Channels, grey.Pixels[0], grey.Pixels[1]));
        var colour = PictureReader.Decode(Samples.Png(1, 1, 16, 2, [0, 0, 0x80, 0, 0xFF, 0xFF])).Bitmap;
        Assert.Equal([0, 0x80, 0xFF], colour.Pixels);
        var alpha = PictureReader.Decode(Samples.Png(1, 1, 16, 6, [0, 0, 0x80, 0, 0xFF, 0xFF, 0x40, 0])).Bitmap;
        Assert.Equal([0, 0x80, 0xFF, 0x40], alpha.Pixels);
    }

    [Fact]
    public void A_palette_becomes_colours_and_its_transparency_alpha()
    {
        var png = Samples.Png(2, 1, 8, 3, [1, 0], ("PLTE", [1, 2, 3, 40, 50, 60]), ("tRNS", [128]));
        Assert.Equal([40, 50, 60, 255, 1, 2, 3, 128], PictureReader.Decode(png).Bitmap.Pixels);
        var opaque = Samples.Png(2, 1, 8, 3, [1, 0], ("PLTE", [1, 2, 3, 40, 50, 60]));
        Assert.Equal([40, 50, 60, 1, 2, 3], PictureReader.Decode(opaque).Bitmap.Pixels);
    }

    [Fact]
    public void One_bit_is_black_and_white() => Assert.Equal([255, 0, 255], PictureReader.Decode(Samples.Png(3, 1, 1, 0, [0b1010_0000])).Bitmap.Pixels);

    [Fact]
    public void Grey_with_alpha_becomes_RGBA() => Assert.Equal([9, 9, 9, 70], PictureReader.Decode(Samples.Png(1, 1, 8, 4, [9, 70])).Bitmap.Pixels);

    [Fact]
    public void A_grey_jpeg_stays_grey() =>
        Assert.Equal(1, PictureReader.Decode(PictureWriter.Jpeg(Samples.Noise(20, 20, 1, 3), 90, null)).Bitmap.Channels);

    [Fact]
    public void A_cmyk_jpeg_shows_the_colours_it_was_made_of()
    {
        var red = new Bitmap(16, 16, 3, [.. Enumerable.Repeat(new byte[] { 200, 30, 40 }, 256).SelectMany(p => p)]);
        var decoded = PictureReader.Decode(Convert(red, o => o.SetEnum("space", "VipsInterpretation", 15), "colourspace", "jpegsave_buffer", keepProfile: false)).Bitmap;
        PictureAssert.Close(red, decoded, tolerance: 24, "CMYK");
    }

    [Fact]
    public void An_embedded_profile_is_applied()
    {
        var colours = Samples.Noise(24, 24, 3, seed: 8);
        for (var i = 0; i < colours.Pixels.Length; i++) colours.Pixels[i] = (byte)(60 + (colours.Pixels[i] / 3));
        var p3 = Convert(colours, o => o.Set("output-profile", "p3").Set("input-profile", "srgb"), "icc_transform", "pngsave_buffer", keepProfile: true);
        PictureAssert.Close(colours, PictureReader.Decode(p3).Bitmap, tolerance: 3, "Display P3");
    }

    [Fact]
    public void A_profile_leaves_alpha_alone()
    {
        var p3 = Convert(Samples.Source, o => o.Set("output-profile", "p3").Set("input-profile", "srgb"), "icc_transform", "pngsave_buffer", keepProfile: true);
        var chunks = new PngFile.Chunks(p3);
        while (chunks.Next() && chunks.Type != "iCCP") { }
        var profile = ("iCCP", chunks.Data.ToArray());
        var deep = PictureReader.Decode(Samples.Png(1, 1, 16, 6, [0x80, 0, 0x80, 0, 0x80, 0, 0x40, 0x40], profile)).Bitmap.Pixels;
        Assert.Equal(0x40, deep[3]);
        Assert.InRange(deep[0], 0x7E, 0x82);   // grey is grey in either space
        Assert.Equal(0x40, PictureReader.Decode(Samples.Png(1, 1, 8, 6, [0x80, 0x80, 0x80, 0x40], profile)).Bitmap.Pixels[3]);
    }

    [Fact]
    public void A_damaged_profile_is_ignored()
    {
        var png = Samples.Png(1, 1, 8, 2, [10, 20, 30], ("iCCP", [.. "x\0\0"u8, .. Samples.Deflate(new byte[200])]));
        Assert.Equal([10, 20, 30], PictureReader.Decode(png).Bitmap.Pixels);
    }

    [Theory]
    [InlineData(1, "123|456")]
    [InlineData(2, "321|654")]
    [InlineData(3, "654|321")]
    [InlineData(4, "456|123")]
    [InlineData(5, "14|25|36")]
    [InlineData(6, "41|52|63")]
    [InlineData(7, "63|52|41")]
    [InlineData(8, "36|25|14")]
    [InlineData(9, "123|456")]
    public void Pictures_are_turned_upright(byte orientation, string expected)
    {
        byte[] exif = [.. "MM\0*\0\0\0\b\0\u0001"u8, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        var upright = PictureReader.Decode(Samples.Png(3, 2, 8, 0, [1, 2, 3, 4, 5, 6], ("eXIf", exif))).Bitmap;
        Assert.Equal(expected, string.Join('|', upright.Pixels.Chunk(upright.Width).Select(row => string.Concat(row))));
    }

    [Fact]
    public void An_animation_shows_its_first_frame_and_counts_all()
    {
        var gif = Samples.Gif(1, 1, 5);
        var picture = PictureReader.Decode(gif);
        Assert.Equal((1, 1, 5), (picture.Bitmap.Width, picture.Bitmap.Height, picture.Frames));
        var apng = Samples.Png(1, 1, 8, 0, [9], ("acTL", [0, 0, 0, 3, 0, 0, 0, 0]));
        Assert.Equal(3, PictureReader.Decode(apng).Frames);
    }

    [Fact]
    public async Task Many_threads_decode_at_once()
    {
        var files = new[] { "text.png", "text.webp", "text.jpg", "text.gif" }.Select(Samples.File).ToArray();
        var first = files.Select(f => PictureReader.Decode(f).Bitmap.Pixels).ToArray();
        await Parallel.ForAsync(0, 64, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.Equal(first[i % 4], PictureReader.Decode(files[i % 4]).Bitmap.Pixels);
            Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(files[i % 4].AsMemory(0, files[i % 4].Length / 2)));
            return ValueTask.CompletedTask;
        });
    }

    private static unsafe byte[] Convert(Bitmap bitmap, Func<VipsOperation, VipsOperation> options, string operation, string saver, bool keepProfile)
    {
        VipsLibrary.EnsureStarted();
        fixed (byte* pixels = bitmap.Pixels)
        {
            using var raw = VipsNative.ImageNewFromMemory(pixels, (nuint)bitmap.Pixels.Length, bitmap.Width, bitmap.Height, 3, 0);
            using var copy = new VipsOperation("copy").Set("in", raw).SetEnum("interpretation", "VipsInterpretation", 22);
            using var image = copy.ToImage();
            using var convert = options(new VipsOperation(operation).Set("in", image));
            using var converted = convert.ToImage();
            using var save = new VipsOperation(saver).Set("in", converted).SetFlags("keep", "VipsForeignKeep", keepProfile ? 8u : 0);
            return save.ToBytes();
        }
    }
}
