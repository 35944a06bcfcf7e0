namespace DiffusionBot.Imaging.Tests.Writing;

public sealed class PictureWriterTests
{
    [Fact]
    public void A_better_quality_is_nearer_and_longer()
    {
        var picture = Samples.Source;
        var (low, high) = (PictureWriter.Jpeg(picture, 30, null), PictureWriter.Jpeg(picture, 95, null));
        Assert.True(low.Length < high.Length);
        Assert.True(PictureAssert.Psnr(picture, PictureReader.Decode(low).Bitmap) < PictureAssert.Psnr(picture, PictureReader.Decode(high).Bitmap));
        Assert.True(PictureAssert.Psnr(picture, PictureReader.Decode(high).Bitmap) > 30);
        Assert.True(PictureWriter.Webp(picture, 30, null).Length < PictureWriter.Webp(picture, 95, null).Length);
    }

    [Fact]
    public void Transparency_is_white_in_a_jpeg()
    {
        var picture = new Bitmap(16, 16, 4, new byte[16 * 16 * 4]);
        var jpeg = PictureReader.Decode(PictureWriter.Jpeg(picture, 95, null)).Bitmap;
        Assert.All(jpeg.Pixels, p => Assert.Equal(255, p));
    }

    [Theory]
    [InlineData(60_000, true)]
    [InlineData(15_000, true)]
    [InlineData(4_000, false)]
    [InlineData(1_000, false)]
    public void A_jpeg_fits_by_quality_first_and_size_then(int maxBytes, bool keepsSize)
    {
        var picture = Resampling.Resize(Samples.Source, 448, 320, ResampleFilter.Bicubic);
        var fitted = PictureWriter.JpegAtMost(picture, maxBytes, "红苹果");
        Assert.InRange(fitted.Bytes.Length, maxBytes / 4, maxBytes);
        Assert.Equal(keepsSize, fitted.Width == 448);
        Assert.InRange(fitted.Quality, 40, 95);
        Assert.Equal(new PictureHeader(PictureFormat.Jpeg, fitted.Width, fitted.Height, 1), PictureHeader.Read(fitted.Bytes));
        Assert.Equal("红苹果", PictureText.Read(fitted.Bytes).Parameters);
        // The aspect stays, and the next better quality would not have fitted.
        Assert.InRange((double)fitted.Width / fitted.Height, 1.3, 1.5);
        if (keepsSize && fitted.Quality < 95) Assert.True(PictureWriter.Jpeg(picture, fitted.Quality + 1, "红苹果").Length > maxBytes);
    }

    [Fact]
    public void A_small_picture_keeps_the_best_quality() =>
        Assert.Equal(95, PictureWriter.JpegAtMost(Samples.Source, 1_000_000, null).Quality);

    [Fact]
    public void A_limit_below_everything_is_refused_with_both_numbers()
    {
        var e = Assert.Throws<ArgumentException>(() => PictureWriter.JpegAtMost(Samples.Source, 100, null));
        Assert.Contains("at most 100", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_quality_out_of_range_is_refused(int quality)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureWriter.Jpeg(Samples.Source, quality, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureWriter.Webp(Samples.Source, quality, null));
    }

    [Fact]
    public void A_picture_too_long_for_the_format_is_refused()
    {
        Assert.Contains("16384x1", Assert.Throws<ArgumentException>(() => PictureWriter.Webp(Samples.Noise(16_384, 1, 1, 1), 50, null)).Message, StringComparison.Ordinal);
        Assert.Contains("65501x1", Assert.Throws<ArgumentException>(() => PictureWriter.Jpeg(Samples.Noise(65_501, 1, 1, 1), 50, null)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(PictureWriter.Jpeg(Samples.Noise(65_500, 1, 1, 1), 50, null));
        Assert.NotEmpty(PictureWriter.Webp(Samples.Noise(16_383, 1, 1, 1), 50, null));
    }

    [Fact]
    public void A_greater_compression_is_no_longer_and_shows_the_same()
    {
        var picture = Resampling.Resize(Samples.Source, 256, 256, ResampleFilter.Bicubic);
        var (fast, small) = (PictureWriter.Png(picture, null, compression: 1), PictureWriter.Png(picture, null, compression: 9));
        Assert.True(small.Length <= fast.Length, $"level 9: {small.Length} bytes, level 1: {fast.Length}");
        Assert.Equal(PictureReader.Decode(fast).Bitmap.Pixels, PictureReader.Decode(small).Bitmap.Pixels);
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureWriter.Png(picture, null, compression: 10));
    }

    [Fact]
    public void Pictures_carry_nothing_but_what_was_asked()
    {
        var png = PictureWriter.Png(Samples.Source, null);
        foreach (var chunk in new[] { "tEXt"u8.ToArray(), "eXIf"u8.ToArray(), "tIME"u8.ToArray(), "iCCP"u8.ToArray() }) Assert.True(png.AsSpan().IndexOf(chunk) < 0);
        Assert.True(PictureWriter.Jpeg(Samples.Source, 90, null).AsSpan().IndexOf("Exif"u8) < 0);
    }
}
