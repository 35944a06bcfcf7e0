namespace DiffusionBot.Imaging;

/// <summary>
/// CIE L*a*b* in bytes as OpenCV has it: L over 0 to 255, a and b about 128; from sRGB under D65 by tables of 3 and 12 bits more than a byte.
/// </summary>
internal static class Lab
{
    private const int GammaBits = 3, MatrixBits = 12, RootBits = MatrixBits + GammaBits;
    private const int LightnessScale = ((116 * 255) + 50) / 100;
    private const int LightnessShift = -(((16 * 255 * (1 << RootBits)) + 50) / 100);
    private const double LinearBelow = 0.008856, LinearSlope = 7.787, LinearOffset = 16.0 / 116;

    // sRGB to XYZ, and D65's white.
    private static readonly double[,] toXyz = { { 0.412453, 0.357580, 0.180423 }, { 0.212671, 0.715160, 0.072169 }, { 0.019334, 0.119193, 0.950227 } };
    private static readonly double[,] toRgb = { { 3.240479, -1.53715, -0.498535 }, { -0.969256, 1.875991, 0.041556 }, { 0.055648, -0.204043, 1.057311 } };
    private static readonly double[] white = [0.950456, 1, 1.088754];

    private static readonly ushort[] linear = [.. Enumerable.Range(0, 256).Select(i => (ushort)Math.Round(255 * (1 << GammaBits) * Linear(i / 255.0)))];
    private static readonly ushort[] roots = [.. Enumerable.Range(0, 256 * 3 / 2 * (1 << GammaBits)).Select(i => (ushort)Math.Min(ushort.MaxValue, Math.Round((1 << RootBits) * Root(i / (255.0 * (1 << GammaBits))))))];
    private static readonly int[,] matrix = Matrix();

    /// <summary>RGB to Lab, three bytes each.</summary>
    public static byte[] Of(Bitmap rgb)
    {
        var lab = new byte[rgb.Pixels.Length];
        for (var i = 0; i < lab.Length; i += 3)
        {
            var (r, g, b) = (linear[rgb.Pixels[i]], linear[rgb.Pixels[i + 1]], linear[rgb.Pixels[i + 2]]);
            var (x, y, z) = (RootOf(0), RootOf(1), RootOf(2));
            lab[i] = Rounded((LightnessScale * y) + LightnessShift);
            lab[i + 1] = Rounded((500 * (x - y)) + (128 << RootBits));
            lab[i + 2] = Rounded((200 * (y - z)) + (128 << RootBits));

            int RootOf(int row) => roots[((r * matrix[row, 0]) + (g * matrix[row, 1]) + (b * matrix[row, 2]) + (1 << (MatrixBits - 1))) >> MatrixBits];
        }
        return lab;
    }

    /// <summary>Lab to RGB, three bytes each; colours beyond sRGB are cut to it.</summary>
    public static byte[] ToRgb(byte[] lab)
    {
        var rgb = new byte[lab.Length];
        for (var i = 0; i < lab.Length; i += 3)
        {
            var y = ((lab[i] * 100 / 255.0) + 16) / 116;
            var (x, z) = (y + ((lab[i + 1] - 128) / 500.0), y - ((lab[i + 2] - 128) / 200.0));
            ReadOnlySpan<double> xyz = [white[0] * Cube(x), white[1] * Cube(y), white[2] * Cube(z)];
            for (var c = 0; c < 3; c++) rgb[i + c] = (byte)Math.Round(255 * Encoded((toRgb[c, 0] * xyz[0]) + (toRgb[c, 1] * xyz[1]) + (toRgb[c, 2] * xyz[2])));
        }
        return rgb;
    }

    private static int[,] Matrix()
    {
        var scaled = new int[3, 3];
        for (var row = 0; row < 3; row++)
        {
            for (var c = 0; c < 3; c++) scaled[row, c] = (int)Math.Round((1 << MatrixBits) * toXyz[row, c] / white[row]);
        }
        return scaled;
    }

    private static byte Rounded(int value) => (byte)Math.Clamp((value + (1 << (RootBits - 1))) >> RootBits, 0, 255);

    private static double Root(double t) => t < LinearBelow ? (t * LinearSlope) + LinearOffset : Math.Cbrt(t);

    private static double Cube(double f) => f * f * f > LinearBelow ? f * f * f : (f - LinearOffset) / LinearSlope;

    private static double Linear(double value) => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    private static double Encoded(double light)
    {
        var value = Math.Clamp(light, 0, 1);
        return value <= 0.0031308 ? 12.92 * value : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055;
    }
}
