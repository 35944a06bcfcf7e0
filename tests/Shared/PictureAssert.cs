namespace DiffusionBot.Testing;

/// <summary>Comparisons of pictures as people judge them: peak signal-to-noise ratio over all bytes.</summary>
internal static class PictureAssert
{
    /// <summary>PSNR in dB of two pictures of the same shape, 8 bits; infinite for equal ones.</summary>
    public static double Psnr(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var sum = 0.0;
        for (var i = 0; i < expected.Length; i++) sum += Math.Pow(expected[i] - actual[i], 2);
        return sum == 0 ? double.PositiveInfinity : 10 * Math.Log10(255.0 * 255.0 / (sum / expected.Length));
    }
}
