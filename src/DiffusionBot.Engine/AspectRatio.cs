namespace DiffusionBot.Engine;

/// <summary>A picture's proportions, as 16:9. Its edges come out as multiples of 8, of which latents are made.</summary>
/// <param name="Width">1 or more.</param>
/// <param name="Height">1 or more.</param>
public readonly record struct AspectRatio(int Width, int Height)
{
    private const int Step = 8;

    /// <summary>The size of this ratio that is nearest to the area of another.</summary>
    public (int Width, int Height) AtAreaOf(int width, int height)
    {
        var area = (double)width * height;
        return (Rounded(Math.Sqrt(area * Width / Height)), Rounded(Math.Sqrt(area * Height / Width)));
    }

    /// <summary>The width beside this height.</summary>
    public int WidthFor(int height) => Rounded((double)height * Width / Height);

    /// <summary>The height beside this width.</summary>
    public int HeightFor(int width) => Rounded((double)width * Height / Width);

    /// <summary>A request's size where the checkpoint's own is this. One that says nothing of it has the proportions of the picture that it draws from.</summary>
    public static (int Width, int Height) SizeOf(ImageRequest request, int width, int height) => (request.Width, request.Height, request.Aspect) switch
    {
        ({ } wide, { } high, _) => (wide, high),
        ({ } wide, null, { } ratio) => (wide, ratio.HeightFor(wide)),
        (null, { } high, { } ratio) => (ratio.WidthFor(high), high),
        (null, null, { } ratio) => ratio.AtAreaOf(width, height),
        (null, null, null) when request.Init?.Picture is { } picture => new AspectRatio(picture.Width, picture.Height).AtAreaOf(width, height),
        var (wide, high, _) => (wide ?? width, high ?? height),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Width}:{Height}";

    private static int Rounded(double pixels) => (int)Math.Clamp(Math.Round(pixels / Step), 1, int.MaxValue / Step) * Step;
}
