using DiffusionBot.Engine.Upscaling;

namespace DiffusionBot.Engine.Tests.Upscaling;

public sealed class TileGridTests
{
    [Theory]
    [InlineData(7, 5, 192, 8, 2)]
    [InlineData(100, 40, 16, 4, 8 * 3)]
    [InlineData(64, 64, 64, 8, 1)]
    [InlineData(65, 64, 64, 8, 2)]
    [InlineData(9, 1, 3, 2, 9)]
    public void Every_pixel_is_in_a_tile_and_the_mean_of_equal_ones_is_it(int width, int height, int tile, int overlap, int count)
    {
        var grid = new TileGrid(width, height, tile, overlap);
        Assert.Equal(count, grid.Count);
        var planes = Enumerable.Range(0, 2 * width * height).Select(i => (float)i).ToArray();
        Assert.Equal(planes, grid.Map(planes, 1, (part, side) => part.Length == 2 * side * side ? part : []));
    }

    [Fact]
    public void Where_tiles_overlap_is_their_mean()
    {
        var tiles = 0;
        var made = new TileGrid(6, 4, 4, 2).Map(new float[24], 2, (_, side) => [.. Enumerable.Repeat((float)(tiles++), 4 * side * side)]);
        Assert.Equal([0, 0, 0, 0, 0.5f, 0.5f, 0.5f, 0.5f, 1, 1, 1, 1], made[..12]);
    }
}
