using DiffusionBot.Imaging;

namespace DiffusionBot.Tests;

/// <summary>Pictures of one colour to draw from, and whether what was drawn still has it.</summary>
internal static class PlainPictures
{
    /// <summary>A PNG of 64x64 pixels.</summary>
    public static byte[] Png(byte red, byte green, byte blue) =>
        PictureWriter.Png(new Bitmap(64, 64, 3, [.. Enumerable.Repeat(new[] { red, green, blue }, 64 * 64).SelectMany(rgb => rgb)]), null);

    /// <summary>That the mean of a picture's pixels is near to a colour.</summary>
    /// <param name="colour">That colour.</param>
    /// <param name="picture">A file.</param>
    /// <param name="within">How far each channel may be from it.</param>
    public static void AssertNear((int Red, int Green, int Blue) colour, ReadOnlyMemory<byte> picture, int within)
    {
        var pixels = PictureReader.Decode(picture).Bitmap.Pixels;
        double Mean(int channel) => pixels.Where((_, i) => i % 3 == channel).Average(value => (double)value);
        Assert.InRange(Mean(0), colour.Red - within, colour.Red + within);
        Assert.InRange(Mean(1), colour.Green - within, colour.Green + within);
        Assert.InRange(Mean(2), colour.Blue - within, colour.Blue + within);
    }
}
