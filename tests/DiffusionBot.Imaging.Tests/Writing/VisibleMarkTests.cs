namespace DiffusionBot.Imaging.Tests.Writing;

public sealed class VisibleMarkTests
{
    [Theory]
    [InlineData(MarkCorner.BottomRight)]
    [InlineData(MarkCorner.BottomLeft)]
    [InlineData(MarkCorner.TopRight)]
    [InlineData(MarkCorner.TopLeft)]
    public void Stands_in_its_corner_and_changes_nothing_else(MarkCorner corner)
    {
        var picture = Samples.Noise(256, 200, 3, seed: 1);
        var before = picture.Pixels.ToArray();
        var marked = VisibleMark.Draw(picture, "AI生成", corner);
        Assert.Equal(before, picture.Pixels);
        var (left, top, right, bottom) = Changed(picture, marked);
        Assert.InRange(right - left, 30, 90);
        Assert.InRange(bottom - top, 200 * 6 / 100, 20);
        var isLeft = corner is MarkCorner.BottomLeft or MarkCorner.TopLeft;
        var isTop = corner is MarkCorner.TopLeft or MarkCorner.TopRight;
        Assert.InRange(isLeft ? left : 256 - right, 1, 8);
        Assert.InRange(isTop ? top : 200 - bottom, 1, 8);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void Letters_differ_from_their_ground_on_any_colour(int grey)
    {
        var marked = VisibleMark.Draw(Flat(512, 512, 3, (byte)grey), "AI生成", size: 0.06);
        var (left, top, right, bottom) = Changed(Flat(512, 512, 3, (byte)grey), marked);
        var inside = Enumerable.Range(top, bottom - top).SelectMany(y => Enumerable.Range(left, right - left).Select(x => marked.Pixels[((y * 512) + x) * 3])).ToArray();
        // WCAG's contrast of at least 4.5 between white and the plate, and a good part of both.
        var plate = inside.Order().ElementAt(inside.Length / 3);
        Assert.True(1.05 / (Linear(plate) + 0.05) >= 4.5, $"The plate is {plate}.");
        Assert.InRange(inside.Count(p => p > 230) / (double)inside.Length, 0.1, 0.6);
    }

    [Theory]
    [InlineData(512, 512, 0.05)]
    [InlineData(768, 320, 0.05)]
    [InlineData(400, 1000, 0.1)]
    public void Letters_are_as_high_as_asked(int width, int height, double size)
    {
        // On black, only letters are light; A has no part below the line.
        var marked = VisibleMark.Draw(Flat(width, height, 1, 0), "A", size: size);
        var rows = Enumerable.Range(0, height).Where(y => marked.Pixels.AsSpan(y * width, width).ContainsAnyInRange((byte)128, (byte)255)).ToArray();
        Assert.InRange(rows[^1] - rows[0] + 1, Math.Min(width, height) * size, (Math.Min(width, height) * size) + 3);
    }

    [Fact]
    public void Chinese_needs_no_font_of_the_system()
    {
        // Every character of the shipped font differs from the box of a missing one, and from its neighbour.
        var shapes = "AI生成人工智能由绘制图片本为".Select(c => Convert.ToHexString(VisibleMark.Draw(Flat(64, 64, 1, 0), c.ToString()).Pixels)).ToArray();
        Assert.Equal(shapes.Length, shapes.Distinct().Count());
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "mark-sans-sc.otf")));
    }

    [Fact]
    public void What_is_transparent_shows_the_mark_too()
    {
        var marked = VisibleMark.Draw(new Bitmap(200, 200, 4, new byte[200 * 200 * 4]), "AI生成");
        var solid = marked.Pixels.Chunk(4).Where(p => p[3] > 250).ToArray();
        Assert.True(solid.Length > 50);
        Assert.Contains(solid, p => p[0] == 255);
        Assert.Equal(0, marked.Pixels[3]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    [InlineData(40, 300)]
    [InlineData(2000, 16)]
    public void Any_picture_takes_a_mark(int width, int height)
    {
        var picture = Flat(width, height, 3, 255);
        Assert.NotEqual(picture.Pixels, VisibleMark.Draw(picture, "本图片由人工智能生成 <AI & co>").Pixels);
    }

    [Fact]
    public void A_long_line_is_broken_within_the_picture()
    {
        var picture = Flat(256, 256, 3, 200);
        var (left, top, right, bottom) = Changed(picture, VisibleMark.Draw(picture, "本图片由人工智能生成，请勿当真 made by a machine"));
        Assert.InRange(left, 1, 255);
        Assert.InRange(bottom - top, 30, 90);
        Assert.InRange(right, 200, 255);
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        var picture = Flat(9, 9, 3, 0);
        Assert.Throws<ArgumentException>(() => VisibleMark.Draw(picture, " "));
        Assert.Throws<ArgumentException>(() => VisibleMark.Draw(picture, "a\0b"));
        Assert.Throws<ArgumentOutOfRangeException>(() => VisibleMark.Draw(picture, "AI生成", size: 0.04));
        Assert.Throws<ArgumentOutOfRangeException>(() => VisibleMark.Draw(picture, "AI生成", size: double.NaN));
    }

    private static Bitmap Flat(int width, int height, int channels, byte grey)
    {
        var pixels = new byte[width * height * channels];
        pixels.AsSpan().Fill(grey);
        return new(width, height, channels, pixels);
    }

    private static (int Left, int Top, int Right, int Bottom) Changed(Bitmap one, Bitmap other)
    {
        var at = Enumerable.Range(0, one.Pixels.Length).Where(i => one.Pixels[i] != other.Pixels[i]).Select(i => i / one.Channels).ToArray();
        return (at.Min(i => i % one.Width), at.Min(i => i / one.Width), at.Max(i => i % one.Width) + 1, at.Max(i => i / one.Width) + 1);
    }

    private static double Linear(byte grey) => Math.Pow(((grey / 255.0) + 0.055) / 1.055, 2.4);
}
