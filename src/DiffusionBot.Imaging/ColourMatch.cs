namespace DiffusionBot.Imaging;

/// <summary>
/// WebUI's colour correction: a picture gets the colours of another, by matching the histograms of L, a and b (as scikit-image does it), and keeps its own luminosity (the blend mode
/// of that name, W3C "Compositing and blending").
/// </summary>
public static class ColourMatch
{
    /// <summary>The picture with the other's colours.</summary>
    /// <param name="picture">RGB.</param>
    /// <param name="target">RGB, of any size.</param>
    public static Bitmap To(Bitmap picture, Bitmap target)
    {
        var (source, wanted) = (Lab.Of(picture), Lab.Of(target));
        for (var c = 0; c < 3; c++)
        {
            var table = TableOf(Counts(source, c), Counts(wanted, c));
            for (var i = c; i < source.Length; i += 3) source[i] = table[source[i]];
        }
        var matched = Lab.ToRgb(source);
        for (var i = 0; i < matched.Length; i += 3) KeepLuminosity(matched.AsSpan(i, 3), picture.Pixels.AsSpan(i, 3));
        return new(picture.Width, picture.Height, 3, matched);
    }

    private static long[] Counts(byte[] lab, int channel)
    {
        var counts = new long[256];
        for (var i = channel; i < lab.Length; i += 3) counts[lab[i]]++;
        return counts;
    }

    /// <summary>For each value the other's at the same quantile, between two of its values by proportion, rounded down.</summary>
    private static byte[] TableOf(long[] source, long[] target)
    {
        var (sourceTotal, targetTotal) = ((double)source.Sum(), (double)target.Sum());
        var (values, quantiles) = (new List<int>(), new List<double>());
        long seen = 0;
        for (var value = 0; value < target.Length; value++)
        {
            if (target[value] == 0) continue;
            seen += target[value];
            values.Add(value);
            quantiles.Add(seen / targetTotal);
        }
        var table = new byte[256];
        long passed = 0;
        for (var value = 0; value < table.Length; value++)
        {
            passed += source[value];
            var quantile = passed / sourceTotal;
            var above = quantiles.FindIndex(q => q > quantile);
            if (above <= 0)
            {
                table[value] = (byte)(above == 0 ? values[0] : values[^1]);
                continue;
            }
            var (low, high) = (quantiles[above - 1], quantiles[above]);
            var slope = (values[above] - values[above - 1]) / (high - low);
            table[value] = (byte)((slope * (quantile - low)) + values[above - 1]);
        }
        return table;
    }

    /// <summary>Gives a colour the luminosity of another, in place; what leaves the range is drawn towards grey.</summary>
    private static void KeepLuminosity(Span<byte> colour, ReadOnlySpan<byte> luminous)
    {
        Span<double> rgb = [colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0];
        var change = LuminosityOf([luminous[0] / 255.0, luminous[1] / 255.0, luminous[2] / 255.0]) - LuminosityOf(rgb);
        for (var c = 0; c < 3; c++) rgb[c] += change;
        var luminosity = LuminosityOf(rgb);
        var (least, most) = (Math.Min(rgb[0], Math.Min(rgb[1], rgb[2])), Math.Max(rgb[0], Math.Max(rgb[1], rgb[2])));
        for (var c = 0; c < 3; c++)
        {
            if (least < 0) rgb[c] = luminosity + ((rgb[c] - luminosity) * luminosity / (luminosity - least));
            if (most > 1) rgb[c] = luminosity + ((rgb[c] - luminosity) * (1 - luminosity) / (most - luminosity));
            colour[c] = (byte)(Math.Clamp(rgb[c], 0, 1) * 255);
        }
    }

    private static double LuminosityOf(ReadOnlySpan<double> rgb) => (rgb[0] * 0.299) + (rgb[1] * 0.587) + (rgb[2] * 0.114);
}
