namespace DiffusionBot.Imaging.Tests.Resizing;

public sealed class FittingTests
{
    public static TheoryData<string> Cases() => [.. ReferenceTensors.Open("imaging/imaging.safetensors").Names.Where(n => n.StartsWith("resize-mode/", StringComparison.Ordinal))];

    [Fact]
    public void The_reference_has_four_sizes_of_every_mode() => Assert.Equal(12, Cases().Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fits_as_WebUI_does(string name)
    {
        var expected = Samples.Reference(name);
        Func<Bitmap, int, int, Bitmap> fit = name.Split('/')[1] switch { "0" => Fitting.Stretch, "1" => Fitting.Crop, _ => Fitting.Fill };
        // The project allows 1; the arithmetic is Pillow's own, so nothing is off.
        PictureAssert.Close(expected, fit(Samples.Source, expected.Width, expected.Height), tolerance: 0, name);
    }

    [Fact]
    public void A_strip_keeps_a_pixel()
    {
        var strip = Samples.Noise(500, 1, 3, seed: 1);
        Assert.Equal((8, 64), (Fitting.Fill(strip, 8, 64).Width, Fitting.Fill(strip, 8, 64).Height));
        Assert.Equal((8, 64), (Fitting.Crop(strip, 8, 64).Width, Fitting.Crop(strip, 8, 64).Height));
    }

    [Fact]
    public void Grey_fits_as_each_colour_does()
    {
        var grey = Samples.Noise(61, 47, 1, seed: 5);
        var coloured = Channels.ToRgb(grey);
        Assert.Equal(Fitting.Fill(coloured, 40, 90).Pixels, Channels.ToRgb(Fitting.Fill(grey, 40, 90)).Pixels);
    }
}
