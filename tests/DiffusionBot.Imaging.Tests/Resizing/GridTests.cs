namespace DiffusionBot.Imaging.Tests.Resizing;

public sealed class GridTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    public void Grids_are_those_of_WebUI(int count)
    {
        // The reference's n-th picture is 4x6 of the one shade 10 + 20 n.
        var pictures = Enumerable.Range(0, count).Select(n => Shade(4, 6, (byte)(10 + (20 * n)))).ToList();
        PictureAssert.Close(Samples.Reference($"grid/{count}"), Grid.Of(pictures), tolerance: 0, $"grid/{count}");
    }

    [Fact]
    public void Smaller_pictures_lie_in_the_middle_of_their_cell_on_white()
    {
        var grid = Grid.Of([Shade(4, 2, 0), Shade(1, 2, 9)], rows: 1);
        Assert.Equal((8, 2), (grid.Width, grid.Height));
        Assert.Equal([0, 0, 0, 0, 255, 9, 255, 255], grid.Pixels[..24].Where((_, i) => i % 3 == 0));
    }

    [Fact]
    public void Rows_can_be_asked_for()
    {
        var grid = Grid.Of([Shade(4, 6, 0), Shade(4, 6, 1), Shade(4, 6, 2)], rows: 3);
        Assert.Equal((4, 18), (grid.Width, grid.Height));
    }

    [Fact]
    public void Grey_and_alpha_become_RGB()
    {
        var grid = Grid.Of([new(1, 1, 1, [7]), new(1, 1, 4, [1, 2, 3, 4])]);
        Assert.Equal([7, 7, 7, 1, 2, 3], grid.Pixels);
    }

    private static Bitmap Shade(int width, int height, byte shade) => new(width, height, 3, [.. Enumerable.Repeat(shade, width * height * 3)]);
}
