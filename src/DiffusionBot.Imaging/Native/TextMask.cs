using System.Globalization;
using System.Security;

namespace DiffusionBot.Imaging.Native;

/// <summary>Letters by libvips (pango), in a font that comes along: a machine may have none for Chinese, or none at all.</summary>
internal static class TextMask
{
    /// <summary>The height of a capital letter in the font, as a part of its size.</summary>
    public const double CapitalHeight = 0.733;

    private const string Family = "Mark Sans SC Bold", FontFile = "mark-sans-sc.otf";
    private const int WrapAtWordsThenCharacters = 2;   // VipsTextWrap

    /// <summary>How much of each pixel the letters cover, 0 to 255, in a grey bitmap that ends where they end.</summary>
    /// <param name="text">Without control characters but \n. What the font lacks comes from the system's fonts.</param>
    /// <param name="size">The font's, in pixels.</param>
    /// <param name="maxWidth">Where lines break, in pixels, 1 or more.</param>
    public static Bitmap Draw(string text, int size, int maxWidth)
    {
        using var operation = new VipsOperation("text")
            .Set("text", SecurityElement.Escape(text))   // it reads markup
            .Set("font", string.Create(CultureInfo.InvariantCulture, $"{Family} {size}"))
            .Set("fontfile", Path.Combine(AppContext.BaseDirectory, FontFile))
            .Set("dpi", 72)                              // a point is a pixel
            .Set("width", maxWidth)
            .SetEnum("wrap", "VipsTextWrap", WrapAtWordsThenCharacters);
        using var image = operation.ToImage();
        return VipsPixels.Read(image);
    }
}
