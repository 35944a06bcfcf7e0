namespace DiffusionBot.Imaging.Tests.Resizing;

public sealed class ResamplingTests
{
    public static TheoryData<string> Cases() => [.. ReferenceTensors.Open("imaging/imaging.safetensors").Names
        .Where(n => Enum.GetNames<ResampleFilter>().Any(f => n.StartsWith(f.ToLowerInvariant() + "/", StringComparison.Ordinal)))];

    [Fact]
    public void The_reference_has_five_sizes_of_every_filter() => Assert.Equal(20, Cases().Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resizes_as_Pillow_does(string name)
    {
        var expected = Samples.Reference(name);
        var filter = Enum.Parse<ResampleFilter>(name[..name.IndexOf('/', StringComparison.Ordinal)], ignoreCase: true);
        // The project allows 1; the arithmetic is Pillow's own, so nothing is off.
        PictureAssert.Close(expected, Resampling.Resize(Samples.Source, expected.Width, expected.Height, filter), tolerance: 0, name);
    }

    [Theory]
    [InlineData(ResampleFilter.Nearest)]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    public void A_grey_picture_is_each_channel_of_a_coloured_one(ResampleFilter filter)
    {
        var grey = Samples.Noise(61, 47, 1, seed: 5);
        var coloured = new Bitmap(61, 47, 3, [.. grey.Pixels.SelectMany(p => new[] { p, p, p })]);
        var (small, smallColoured) = (Resampling.Resize(grey, 40, 90, filter), Resampling.Resize(coloured, 40, 90, filter));
        Assert.Equal(smallColoured.Pixels, small.Pixels.SelectMany(p => new[] { p, p, p }));
    }

    [Fact]
    public void Transparent_pixels_do_not_bleed_their_colour()
    {
        // Red that is seen beside green that is not: premultiplied, the edge stays red.
        var picture = new Bitmap(2, 1, 4, [255, 0, 0, 255, 0, 255, 0, 0]);
        var wide = Resampling.Resize(picture, 4, 1, ResampleFilter.Bilinear);
        Assert.Equal([255, 0, 0, 255, 255, 0, 0, 191, 255, 0, 0, 64, 0, 0, 0, 0], wide.Pixels);
    }

    [Fact]
    public void An_opaque_picture_with_alpha_is_resized_as_one_without()
    {
        var alpha = new Bitmap(56, 40, 4, [.. Samples.Source.Pixels.Chunk(3).SelectMany(p => new byte[] { p[0], p[1], p[2], 255 })]);
        var expected = Resampling.Resize(Samples.Source, 33, 71, ResampleFilter.Lanczos);
        Assert.Equal(expected.Pixels, Resampling.Resize(alpha, 33, 71, ResampleFilter.Lanczos).Pixels.Chunk(4).SelectMany(p => p[..3]));
    }

    [Fact]
    public void Rows_done_in_parallel_are_the_same_rows()
    {
        // Large enough for the parallel way; twenty of its rows alone are not. Widths only, so that rows do not mix.
        var large = Samples.Noise(1200, 900, 3, seed: 9);
        var narrow = Resampling.Resize(large, 700, 900, ResampleFilter.Bicubic);
        for (var y = 0; y < 900; y += 20)
        {
            var rows = new Bitmap(1200, 20, 3, large.Pixels[(y * 3600)..((y + 20) * 3600)]);
            Assert.Equal(Resampling.Resize(rows, 700, 20, ResampleFilter.Bicubic).Pixels, narrow.Pixels[(y * 2100)..((y + 20) * 2100)]);
        }
        var flat = new Bitmap(1200, 900, 3, [.. Enumerable.Repeat((byte)77, 1200 * 900 * 3)]);
        Assert.All(Resampling.Resize(flat, 777, 1333, ResampleFilter.Lanczos).Pixels, p => Assert.Equal(77, p));
    }

    [Fact]
    public void The_same_size_is_a_copy()
    {
        var copy = Resampling.Resize(Samples.Source, 56, 40, ResampleFilter.Lanczos);
        Assert.NotSame(Samples.Source.Pixels, copy.Pixels);
        Assert.Equal(Samples.Source.Pixels, copy.Pixels);
    }

    [Fact]
    public void One_pixel_becomes_any_size_and_any_size_one_pixel()
    {
        var dot = new Bitmap(1, 1, 3, [1, 2, 3]);
        Assert.Equal([1, 2, 3, 1, 2, 3], Resampling.Resize(dot, 1, 2, ResampleFilter.Lanczos).Pixels);
        Assert.Equal(3, Resampling.Resize(Samples.Source, 1, 1, ResampleFilter.Bicubic).Pixels.Length);
    }
}
