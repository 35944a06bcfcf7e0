using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Upscaling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Runtime;

/// <summary>Enlarges pictures, and keeps the network that was used last. Used by one picture at a time: whoever draws holds the device.</summary>
/// <param name="device">Where networks run; asked when the first is needed.</param>
internal sealed class UpscalerCache(Func<EngineDevice> device) : IDisposable
{
    // WebUI's defaults (ESRGAN_tile, ESRGAN_tile_overlap).
    private const int Tile = 192, Overlap = 8;

    private (FileStamp File, NetworkUpscaler Network)? kept;

    /// <summary>A picture of that size.</summary>
    /// <param name="upscaler">What enlarges it.</param>
    /// <param name="picture">RGB.</param>
    /// <param name="width">1 or more.</param>
    /// <param name="height">1 or more.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within a tile.</param>
    /// <exception cref="InvalidCheckpointException">The file is no network that enlarges, or damaged.</exception>
    /// <exception cref="InvalidRequestException">On the way the picture would be too large.</exception>
    public Bitmap Resize(PictureUpscaler upscaler, Bitmap picture, int width, int height, NativeClock? clock, CancellationToken cancel)
    {
        if (upscaler.Network is not { } file) return upscaler.Resize(picture, width, height);
        return upscaler.Resize(picture, width, height, source =>
        {
            var network = Get(file, cancel);
            PictureUpscaler.Check(source, network.Scale);
            return network.Enlarge(source, Tile, Overlap, clock, cancel);
        });
    }

    public void Dispose()
    {
        kept?.Network.Dispose();
        kept = null;
    }

    private NetworkUpscaler Get(ModelFile file, CancellationToken cancel)
    {
        var stamp = FileStamp.Of(file);
        if (kept is { } there && there.File == stamp) return there.Network;
        Dispose();
        var network = NetworkUpscaler.Load(file.Open(), device(), cancel);
        kept = (stamp, network);
        return network;
    }
}
