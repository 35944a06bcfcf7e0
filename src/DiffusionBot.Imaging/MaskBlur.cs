namespace DiffusionBot.Imaging;

/// <summary>
/// The Gaussian blur of masks, with OpenCV's arithmetic for 8 bits: weights of 8 bits whose rounding errors are carried along, both directions rounded, edges mirrored about their
/// last pixel.
/// </summary>
public static class MaskBlur
{
    private const int One = 256;

    /// <summary>A grey picture blurred, to 2.5 deviations on each side.</summary>
    /// <param name="mask">1 channel.</param>
    /// <param name="sigma">The deviation in pixels, above 0.</param>
    public static Bitmap Blur(Bitmap mask, int sigma)
    {
        var weights = WeightsOf(sigma);
        var wide = Pass(mask.Pixels, mask.Width, mask.Height, 1, mask.Width, weights);
        return new(mask.Width, mask.Height, 1, Pass(wide, mask.Height, mask.Width, mask.Width, 1, weights));
    }

    private static int[] WeightsOf(int sigma)
    {
        var half = (int)((2.5 * sigma) + 0.5);
        var exact = new double[(2 * half) + 1];
        for (var i = 0; i < exact.Length; i++) exact[i] = Math.Exp(-0.5 * (i - half) * (i - half) / ((double)sigma * sigma));
        var sum = exact.Sum();
        var weights = new int[exact.Length];
        var (error, side) = (0.0, 0);
        for (var i = 0; i < half; i++)
        {
            var wanted = (exact[i] / sum * One) + error;
            weights[i] = weights[^(i + 1)] = (int)Math.Round(wanted);
            error = wanted - weights[i];
            side += weights[i];
        }
        weights[half] = One - (2 * side);
        return weights;
    }

    private static byte[] Pass(byte[] from, int length, int lines, int step, int line, int[] weights)
    {
        var to = new byte[from.Length];
        var half = weights.Length / 2;
        Parallel.For(0, lines, at =>
        {
            for (var i = 0; i < length; i++)
            {
                var sum = One / 2;
                for (var w = 0; w < weights.Length; w++) sum += weights[w] * from[(at * line) + (Mirrored(i + w - half, length) * step)];
                to[(at * line) + (i * step)] = (byte)Math.Clamp(sum >> 8, 0, 255);
            }
        });
        return to;
    }

    private static int Mirrored(int at, int length)
    {
        if (length == 1) return 0;
        while (at < 0 || at >= length) at = at < 0 ? -at : (2 * length) - 2 - at;
        return at;
    }
}
