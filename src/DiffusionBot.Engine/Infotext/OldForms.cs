using System.Globalization;

namespace DiffusionBot.Engine.Infotext;

/// <summary>What older versions of WebUI wrote otherwise, turned into what 1.10 writes, as WebUI does when it reads.</summary>
internal static class OldForms
{
    /// <summary>The same values in the newer form.</summary>
    public static InfotextValues Convert(InfotextValues values) => FirstPassSize(Hypernet(values));

    /// <summary>A hypernetwork was a parameter once; now it stands in the prompt.</summary>
    private static InfotextValues Hypernet(InfotextValues values)
    {
        if (!values.Parameters.TryGetValue("Hypernet", out var name)) return values;
        var strength = values.Parameters.GetValueOrDefault("Hypernet strength", "1.0");
        return values with { Prompt = $"{values.Prompt}<hypernet:{name}:{strength}>" };
    }

    /// <summary>Hires fix once took the final size and that of the first pass; "0x0" let it choose the latter.</summary>
    private static InfotextValues FirstPassSize(InfotextValues values)
    {
        if (!values.Parameters.TryGetValue("First pass size", out var text) || !ImageSize.TryParse(text, out var first)) return values;
        var final = values.Parameters.TryGetValue("Size", out var sizeText) && ImageSize.TryParse(sizeText, out var size) ? size : new ImageSize(512, 512);
        if (first.Width == 0 || first.Height == 0)
        {
            if (final.Width == 0 || final.Height == 0) return values;
            var scale = Math.Sqrt(512.0 * 512.0 / ((double)final.Width * final.Height));
            first = new ImageSize(RoundUp(scale * final.Width), RoundUp(scale * final.Height));
        }
        var parameters = new OrderedDictionary<string, string>(values.Parameters, StringComparer.Ordinal)
        {
            ["Size"] = first.ToString(),
            ["Hires resize"] = final.ToString(),
        };
        return values with { Parameters = parameters };
    }

    private static int RoundUp(double pixels) => (int)Math.Ceiling(pixels / 64) * 64;
}

/// <summary>Width and height as parameter texts write them: 512x768.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
internal readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>Two whole numbers with x, X, × or * between them, spaces allowed.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ImageSize size)
    {
        size = default;
        var by = text.IndexOfAny("xX×*");
        if (by < 0 || !TryEdge(text[..by], out var width) || !TryEdge(text[(by + 1)..], out var height)) return false;
        size = new ImageSize(width, height);
        return true;
    }

    private static bool TryEdge(ReadOnlySpan<char> text, out int edge) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out edge);

    /// <summary>As WebUI writes it.</summary>
    public override string ToString() => $"{Width}x{Height}";
}
