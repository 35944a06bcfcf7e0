namespace DiffusionBot.Imaging.Tests.Reading;

public sealed class BmpTests
{
    private static readonly byte[] RedGreenPalette = [0, 0, 255, 0, 0, 255, 0, 0];

    [Fact]
    public void Rows_run_from_the_bottom_up() =>
        Assert.Equal([3, 2, 1, 6, 5, 4], Pixels(Samples.Bmp(1, 2, 24, 0, [], [4, 5, 6, 0, 1, 2, 3, 0])));

    [Fact]
    public void A_negative_height_is_from_the_top_down() =>
        Assert.Equal([6, 5, 4, 3, 2, 1], Pixels(Samples.Bmp(1, -2, 24, 0, [], [4, 5, 6, 0, 1, 2, 3, 0])));

    [Fact]
    public void The_fourth_byte_of_32_bits_is_no_alpha_without_a_mask() =>
        Assert.Equal([3, 2, 1], Pixels(Samples.Bmp(1, 1, 32, 0, [], [1, 2, 3, 4])));

    [Fact]
    public void Masks_say_where_the_colours_are()
    {
        // Red in the lowest byte, then green, blue: the other way about.
        Assert.Equal([1, 2, 3], Pixels(Samples.Bmp(1, 1, 32, 3, Masks(0xFF, 0xFF00, 0xFF0000), [1, 2, 3, 4])));
        // 5-6-5: the brightest red, no green, the brightest blue.
        Assert.Equal([255, 0, 255], Pixels(Samples.Bmp(1, 1, 16, 3, Masks(0xF800, 0x07E0, 0x001F), [0x1F, 0xF8, 0, 0])));
        // 10 bits a colour.
        Assert.Equal([255, 128, 0], Pixels(Samples.Bmp(1, 1, 32, 3, Masks(0x3FF00000, 0x000FFC00, 0x000003FF), [0, 0x04, 0xF8, 0x3F])));
    }

    [Fact]
    public void Sixteen_bits_without_masks_are_five_a_colour() =>
        Assert.Equal([255, 0, 132], Pixels(Samples.Bmp(1, 1, 16, 0, [], [0x10, 0x7C, 0, 0])));

    [Fact]
    public void An_alpha_mask_gives_alpha() =>
        Assert.Equal([3, 2, 1, 4], Pixels(Samples.Bmp(1, 1, 32, 6, [.. Masks(0xFF0000, 0xFF00, 0xFF), .. Masks(0xFF000000)], [1, 2, 3, 4])));

    [Fact]
    public void Palettes_of_8_4_and_1_bits()
    {
        Assert.Equal([0, 255, 0, 255, 0, 0], Pixels(Samples.Bmp(2, 1, 8, 0, RedGreenPalette, [1, 0, 0, 0])));
        Assert.Equal([0, 255, 0, 255, 0, 0, 0, 255, 0], Pixels(Samples.Bmp(3, 1, 4, 0, RedGreenPalette, [0x10, 0x10, 0, 0])));
        Assert.Equal([0, 255, 0, 255, 0, 0, 0, 255, 0], Pixels(Samples.Bmp(3, 1, 1, 0, RedGreenPalette, [0b1010_0000, 0, 0, 0])));
    }

    [Fact]
    public void A_grey_palette_gives_one_channel()
    {
        var bitmap = PictureReader.Decode(Samples.Bmp(2, 1, 8, 0, [7, 7, 7, 0, 9, 9, 9, 0], [1, 0, 0, 0])).Bitmap;
        Assert.Equal((1, 9, 7), (bitmap.Channels, bitmap.Pixels[0], bitmap.Pixels[1]));
    }

    [Fact]
    public void A_colour_beyond_the_palette_is_black() =>
        Assert.Equal([0, 0, 0], Pixels(Samples.Bmp(1, 1, 8, 0, RedGreenPalette, [200, 0, 0, 0])));

    [Fact]
    public void The_short_header_of_OS2_is_read()
    {
        byte[] file = [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0, 1, 2, 3, 0];
        Assert.Equal([3, 2, 1], Pixels(file));
    }

    [Fact]
    public void A_long_header_is_read() => Assert.Equal([3, 2, 1], Pixels(Samples.Bmp(1, 1, 24, 0, [], [1, 2, 3, 0], headerBytes: 124)));

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(4u)]
    public void Compressed_pixels_are_refused(uint compression)
    {
        var e = Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(Samples.Bmp(1, 1, 8, compression, [], [0, 0, 0, 0])));
        Assert.Contains($"compression {compression}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lying_headers_are_refused()
    {
        Refuses("pixels are at", Samples.Bmp(2, 2, 24, 0, [], [1, 2, 3, 0]));
        Refuses("7 bits", Samples.Bmp(1, 1, 7, 0, [], [1, 2, 3, 0]));
        Refuses("0x1", Samples.Bmp(0, 1, 24, 0, [], [1, 2, 3, 0]));
        Refuses("-5x1", Samples.Bmp(-5, 1, 24, 0, [], [1, 2, 3, 0]));
        Refuses("-2147483648", Samples.Bmp(1, int.MinValue, 24, 0, [], [1, 2, 3, 0]));
        Refuses("has a gap", Samples.Bmp(1, 1, 32, 3, Masks(0xF0F0, 0xFF, 0xFF), [1, 2, 3, 0]));
        Refuses("a header of 41", Samples.Bmp(1, 1, 24, 0, [], [1, 2, 3, 0], headerBytes: 41));
        Refuses("cut off", [.. "BM"u8, 1, 2, 3]);

        static void Refuses(string reason, byte[] file) =>
            Assert.Contains(reason, Assert.Throws<InvalidPictureException>(() => PictureReader.Decode(file)).Message, StringComparison.Ordinal);
    }

    private static byte[] Pixels(byte[] file) => PictureReader.Decode(file).Bitmap.Pixels;

    private static byte[] Masks(params uint[] masks) => [.. masks.SelectMany(BitConverter.GetBytes)];
}
