using DiffusionBot.Bot;
using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Bot;

public sealed class PictureConverterTests
{
    [Theory]
    [InlineData(4, 1000, 96, 64, 2, 2)]
    [InlineData(4, 64, 64, 42, 2, 2)]
    [InlineData(3, 1000, 96, 64, 2, 2)]
    [InlineData(2, 72, 72, 24, 2, 1)]
    public void A_grid_has_every_picture_in_its_cell_and_no_text(int count, int maxEdge, int width, int height, int across, int down)
    {
        var pictures = Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)PictureWriter.Png(Plain(48, 32, (byte)(40 * (i + 1))), "a secret")).ToList();
        var grid = PictureReader.Decode(new PictureConverter().Grid(pictures, maxEdge));
        Assert.Equal((width, height), (grid.Bitmap.Width, grid.Bitmap.Height));
        Assert.Null(grid.Text.Parameters);
        for (var i = 0; i < across * down; i++)
        {
            var (x, y) = (((i % across) * width / across) + (width / across / 2), ((i / across) * height / down) + (height / down / 2));
            Assert.Equal(i < count ? 40 * (i + 1) : 255, grid.Bitmap.Pixels[((y * width) + x) * 3]);
        }
    }

    private static Bitmap Plain(int width, int height, byte shade)
    {
        var pixels = new byte[width * height * 3];
        pixels.AsSpan().Fill(shade);
        return new Bitmap(width, height, 3, pixels);
    }
}
