using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Upscaling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Runtime;

/// <summary>A loaded network that enlarges pictures. Owns its session. Computes in float: it runs once a picture.</summary>
internal sealed class NetworkUpscaler : IDisposable
{
    private readonly OrtSession session;
    private readonly UpscalerNetwork network;

    private NetworkUpscaler(OrtSession session, UpscalerNetwork network) => (this.session, this.network) = (session, network);

    /// <summary>How many times as large a picture becomes.</summary>
    public int Scale => network.Scale;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidCheckpointException">It is no such network, or damaged.</exception>
    public static NetworkUpscaler Load(TensorFile file, EngineDevice device, CancellationToken cancel)
    {
        var network = UpscalerNetwork.Of(file, device.Target with { Type = ElementType.Float });
        return new NetworkUpscaler(OrtSession.Create(network.Graph, device.Settings, cancel), network);
    }

    /// <summary>A picture enlarged in tiles.</summary>
    /// <param name="picture">RGB.</param>
    /// <param name="tile">Pixels a side; 0: all at once.</param>
    /// <param name="overlap">Pixels that neighbours share, less than a tile.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within a tile.</param>
    public Bitmap Enlarge(Bitmap picture, int tile, int overlap, NativeClock? clock, CancellationToken cancel)
    {
        var planes = PlanesOf(picture);
        return PictureOf(
            tile == 0 ? Run(planes, picture.Height, picture.Width, clock, cancel)
                : new TileGrid(picture.Width, picture.Height, tile, overlap).Map(planes, Scale, (part, side) => Run(part, side, side, clock, cancel)),
            picture.Width * Scale, picture.Height * Scale);
    }

    /// <summary>The bare network.</summary>
    /// <param name="planes">[3, H, W], 0 to 1; blue, green, red.</param>
    /// <param name="height">1 or more.</param>
    /// <param name="width">1 or more.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within the run.</param>
    /// <returns>[3, H * Scale, W * Scale].</returns>
    public float[] Run(float[] planes, int height, int width, NativeClock? clock, CancellationToken cancel)
    {
        var shrink = network.Shrink;
        var (rows, columns) = ((height + shrink - 1) / shrink, (width + shrink - 1) / shrink);
        var (outHeight, outWidth) = (rows * shrink * Scale, columns * shrink * Scale);
        var output = new float[3 * outHeight * outWidth];
        using (var binding = session.Bind(clock))
        {
            binding.Input("x", shrink == 1 ? planes : Unshuffled(planes, height, width, rows, columns), 1, 3L * shrink * shrink, rows, columns);
            binding.Output("out", output, 1, 3, outHeight, outWidth);
            binding.Run(cancel);
        }
        return (outHeight, outWidth) == (height * Scale, width * Scale) ? output : Cut(output, outHeight, outWidth, height * Scale, width * Scale);
    }

    public void Dispose() => session.Dispose();

    /// <summary>Blue, green, red: these networks were trained on OpenCV's order of colours.</summary>
    private static float[] PlanesOf(Bitmap picture)
    {
        var area = picture.Width * picture.Height;
        var planes = new float[3 * area];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < area; i++) planes[((2 - c) * area) + i] = picture.Pixels[(i * 3) + c] / 255f;
        }
        return planes;
    }

    /// <summary>A number that is none (NaN) becomes black.</summary>
    private static Bitmap PictureOf(float[] planes, int width, int height)
    {
        var area = width * height;
        var pixels = new byte[3 * area];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < area; i++)
            {
                var value = planes[((2 - c) * area) + i];
                pixels[(i * 3) + c] = value >= 0 ? (byte)MathF.Round(255 * Math.Min(value, 1)) : (byte)0;
            }
        }
        return new Bitmap(width, height, 3, pixels);
    }

    /// <summary>Squares of pixels as channels [3 s s, rows, columns]; what is missing at the right and below mirrors the edge.</summary>
    private float[] Unshuffled(float[] planes, int height, int width, int rows, int columns)
    {
        var shrink = network.Shrink;
        var channels = new float[3 * shrink * shrink * rows * columns];
        for (var channel = 0; channel < 3 * shrink * shrink; channel++)
        {
            var (plane, dy, dx) = (channel / (shrink * shrink), channel / shrink % shrink, channel % shrink);
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++)
                    channels[(((channel * rows) + y) * columns) + x] = planes[(((plane * height) + Mirrored((y * shrink) + dy, height)) * width) + Mirrored((x * shrink) + dx, width)];
            }
        }
        return channels;
    }

    private static int Mirrored(int at, int length) => at < length ? at : Math.Max(0, (2 * length) - 2 - at);

    private static float[] Cut(float[] planes, int fromHeight, int fromWidth, int height, int width)
    {
        var cut = new float[3 * height * width];
        for (var line = 0; line < 3 * height; line++)
            planes.AsSpan(((line / height * fromHeight) + (line % height)) * fromWidth, width).CopyTo(cut.AsSpan(line * width));
        return cut;
    }
}
