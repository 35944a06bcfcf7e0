using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Tests.Runtime;

public sealed class LatentTilesTests
{
    private static long Square(long pixels) => pixels * pixels;

    [Theory]
    [InlineData(64, 64, 64L * 64 * 64 * 64, null)]
    [InlineData(128, 128, 96L * 96 * 96 * 96, 96)]
    [InlineData(128, 100, 96L * 96 * 96 * 96 - 1, 64)]
    [InlineData(128, 128, 0, 32)]
    [InlineData(32, 32, 0, null)]
    public void The_largest_tile_is_taken_that_there_is_room_for(int height, int width, long room, int? edge) =>
        Assert.Equal(edge, LatentTiles.EdgeFor(height, width, room, Square));

    /// <summary>What looks at nothing but a pixel itself is the same in tiles.</summary>
    [Theory]
    [InlineData(40, 72, 32)]
    [InlineData(33, 100, 32)]
    [InlineData(20, 65, 48)]
    [InlineData(128, 128, 64)]
    public void Tiles_fade_into_each_other(int height, int width, int edge)
    {
        var latent = Enumerable.Range(0, 4 * height * width).Select(i => (float)(i % 1009)).ToArray();
        var tiles = 0;
        var made = new LatentTiles(height, width, edge).Map(latent, (part, tall, wide) =>
        {
            tiles++;
            Assert.True(tall <= edge && wide <= edge);
            return Repeated(part, tall, wide);
        });
        Assert.True(tiles > 1);
        TensorAssert.Close(Repeated(latent, height, width), made, 1e-2f, "picture");
    }

    [Fact]
    public void Neighbours_share_at_least_the_overlap_and_meet_without_a_step()
    {
        var number = 0;
        var made = new LatentTiles(32, 80, 32).Map(new float[4 * 32 * 80], (_, tall, wide) => [.. Enumerable.Repeat((float)(number++), 3 * 64 * tall * wide)]);
        for (var x = 1; x < 640; x++) Assert.InRange(made[x] - made[x - 1], 0, 0.02f);
        Assert.Equal((0, number - 1), (made[0], made[639]));
    }

    private static float[] Repeated(float[] latent, int height, int width)
    {
        var pixels = new float[3 * 64 * height * width];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (c, y, x) = (i / (64 * height * width), i / (8 * width) % (8 * height), i % (8 * width));
            pixels[i] = latent[(((c * height) + (y / 8)) * width) + (x / 8)];
        }
        return pixels;
    }
}
