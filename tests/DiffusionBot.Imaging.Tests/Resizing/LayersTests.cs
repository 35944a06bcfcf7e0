namespace DiffusionBot.Imaging.Tests.Resizing;

/// <summary>Pictures over each other, and masks; the numbers of small cases are worked out by hand.</summary>
public sealed class LayersTests
{
    private static Bitmap Grey(int width, int height, Func<int, int, int> value) =>
        new(width, height, 1, [.. Enumerable.Range(0, width * height).Select(i => (byte)value(i % width, i / width))]);

    [Fact]
    public void What_is_kept_comes_back_over_what_is_drawn()
    {
        var source = Samples.Noise(20, 10, 3, seed: 2);
        var drawn = Samples.Noise(20, 10, 3, seed: 3);
        var seen = Layers.Seen(source, Grey(20, 10, (x, _) => x < 10 ? 255 : 0));
        var result = Channels.ToRgb(Layers.Over(drawn, seen));
        Assert.Equal(Channels.Crop(source, 0, 0, 10, 10).Pixels, Channels.Crop(result, 0, 0, 10, 10).Pixels);
        Assert.Equal(Channels.Crop(drawn, 10, 0, 10, 10).Pixels, Channels.Crop(result, 10, 0, 10, 10).Pixels);
    }

    [Fact]
    public void Half_of_both_is_their_mean()
    {
        var over = new Bitmap(1, 1, 4, [200, 0, 100, 128]);
        // 200 * 128/255 + 100 * 127/255 = 150.2; 49.8; 100.
        Assert.Equal([150, 50, 100, 255], Layers.Over(new Bitmap(1, 1, 3, [100, 100, 100]), over).Pixels);
    }

    [Fact]
    public void What_lies_beyond_the_other_is_cut_off()
    {
        var canvas = Layers.OnCanvas(4, 4, new Bitmap(3, 3, 3, [.. Enumerable.Repeat((byte)9, 27)]), 2, -1);
        var alphas = Channels.Alpha(canvas, a => a).Pixels;
        Assert.Equal([0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0], alphas);
        Assert.Equal((2, 2), (Layers.Over(new Bitmap(2, 2, 3, new byte[12]), canvas).Width, Layers.Over(new Bitmap(2, 2, 3, new byte[12]), canvas).Height));
    }

    [Fact]
    public void The_hidden_part_is_filled_from_around_it()
    {
        var flat = new Bitmap(64, 64, 3, [.. Enumerable.Range(0, 64 * 64).SelectMany(i => i % 64 is >= 24 and < 40 && i / 64 is >= 24 and < 40 ? new byte[] { 255, 0, 0 } : [10, 120, 200])]);
        var filled = Layers.FillHidden(flat, Grey(64, 64, (x, y) => x is >= 24 and < 40 && y is >= 24 and < 40 ? 255 : 0));
        for (var i = 0; i < filled.Pixels.Length; i += 3)
        {
            Assert.InRange(filled.Pixels[i], 5, 15);
            Assert.InRange(filled.Pixels[i + 1], 115, 125);
            Assert.InRange(filled.Pixels[i + 2], 195, 205);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public void A_blurred_mask_keeps_its_weight_and_its_symmetry(int sigma)
    {
        var edge = MaskBlur.Blur(Grey(101, 7, (x, _) => x < 50 ? 0 : x == 50 ? 128 : 255), sigma);
        for (var x = 0; x < 101; x++)
        {
            Assert.Equal(edge.Pixels[x], edge.Pixels[(6 * 101) + x]);
            Assert.InRange(edge.Pixels[x] + edge.Pixels[100 - x], 254, 257);
            if (x > 0) Assert.True(edge.Pixels[x] >= edge.Pixels[x - 1]);
        }
        Assert.All(MaskBlur.Blur(Grey(9, 1, (_, _) => 255), sigma).Pixels, p => Assert.Equal(255, p));
        Assert.All(MaskBlur.Blur(Grey(1, 1, (_, _) => 77), sigma).Pixels, p => Assert.Equal(77, p));
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(2)]
    [InlineData(256)]
    public void A_blur_keeps_what_is_flat_and_spreads_what_is_not(float radius)
    {
        Assert.All(BoxBlur.Gaussian(new Bitmap(30, 5, 3, [.. Enumerable.Repeat((byte)200, 450)]), radius).Pixels, p => Assert.InRange(p, 199, 200));
        var dot = BoxBlur.Gaussian(Grey(31, 31, (x, y) => (x, y) == (15, 15) ? 255 : 0), radius);
        Assert.Equal(dot.Pixels, dot.Pixels.Reverse());
        Assert.True(dot.Pixels[(15 * 31) + 15] < 255);
    }

    [Fact]
    public void Lab_and_back_is_the_same_colour_but_for_roundings()
    {
        var all = new Bitmap(16, 256, 3, [.. Enumerable.Range(0, 16 * 256).SelectMany(i => new[] { (byte)(i / 256 * 17), (byte)(i / 16 % 16 * 17), (byte)(i % 16 * 17) })]);
        var back = Lab.ToRgb(Lab.Of(all));
        var off = back.Zip(all.Pixels, (a, b) => Math.Abs(a - b)).ToList();
        // A byte each for a and b is coarse where colours are dark and saturated.
        Assert.True(off.Max() <= 24 && off.Average() < 1, $"At most {off.Max()}, {off.Average():F2} in the mean.");
        Assert.Equal([255, 128, 128], Lab.Of(new Bitmap(1, 1, 3, [255, 255, 255])));
        Assert.Equal([0, 128, 128], Lab.Of(new Bitmap(1, 1, 3, [0, 0, 0])));
        // CIE: L 53.2, a 80.1, b 67.2 for red.
        Assert.Equal([136, 208, 195], Lab.Of(new Bitmap(1, 1, 3, [255, 0, 0])));
    }

    [Fact]
    public void A_picture_gets_anothers_colours_and_keeps_its_light()
    {
        var (grey, warm) = (Channels.ToRgb(Samples.Noise(40, 40, 1, seed: 4)), new Bitmap(40, 40, 3, [.. Samples.Noise(40, 40, 1, seed: 4).Pixels.SelectMany(p => new[] { (byte)Math.Min(255, p + 40), p, (byte)Math.Max(0, p - 40) })]));
        var matched = ColourMatch.To(grey, warm);
        double red = 0, blue = 0;
        for (var i = 0; i < matched.Pixels.Length; i += 3)
        {
            (red, blue) = (red + matched.Pixels[i], blue + matched.Pixels[i + 2]);
            var light = (matched.Pixels[i] * 0.299) + (matched.Pixels[i + 1] * 0.587) + (matched.Pixels[i + 2] * 0.114);
            Assert.InRange(light - grey.Pixels[i], -2.5, 1);
        }
        Assert.True(red > blue + (1600 * 40), $"Red {red}, blue {blue}.");
    }
}
