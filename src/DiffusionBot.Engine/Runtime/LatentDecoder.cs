using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// Latents to pixels, through one autoencoder. In half precision some autoencoders overflow; then, as in WebUI, the decoder is built again in float
/// and stays so.
/// </summary>
/// <param name="decoder">The graph in the device's type. Owned.</param>
/// <param name="inFloat">Builds it in float; null where it is already.</param>
/// <param name="channels">Of a latent.</param>
/// <param name="scale">The family's: latents are divided by it.</param>
internal sealed class LatentDecoder(OrtSession decoder, Func<OrtSession>? inFloat, int channels, float scale) : IDisposable
{
    /// <summary>Pixels a side for one of the latent.</summary>
    public const int Factor = 8;

    private OrtSession session = decoder;
    private Func<OrtSession>? wider = inFloat;

    /// <summary>How much memory there is for decoding; asked before each. Default: what the machine has left.</summary>
    public Func<long> Room { get; init; } = MemoryRoom.Bytes;

    /// <summary>What decoding so many pixels of a latent takes, in bytes. Default: nothing is known, and all is decoded at once.</summary>
    public Func<long, long> Need { get; init; } = _ => 0;

    /// <summary>Bytes of its weights.</summary>
    public long Bytes => session.WeightBytes;

    /// <summary>Whether it still computes in half precision.</summary>
    public bool IsHalf => wider is not null;

    /// <summary>Decodes one latent [C, H, W] as the sampler left it. WebUI too decodes a batch one by one.</summary>
    /// <exception cref="EngineException">The autoencoder returned something that is no picture.</exception>
    public Bitmap Decode(ReadOnlySpan<float> latent, int height, int width, NativeClock clock, CancellationToken cancel)
    {
        var planes = DecodeToFloats(latent, 1, height, width, clock, cancel);
        if (Array.Exists(planes, float.IsNaN))
        {
            throw new EngineException(new LocalText(
                "The autoencoder returned numbers that are no colours (NaN). The checkpoint or its VAE is damaged; a separate VAE file may help.",
                "VAE 解码得到的数不是颜色（NaN）：模型或其中的 VAE 已损坏，换用单独的 VAE 文件也许可以解决。"));
        }
        var (pixelHeight, pixelWidth) = (height * Factor, width * Factor);
        var area = pixelHeight * pixelWidth;
        var pixels = new byte[area * 3];
        for (var c = 0; c < 3; c++)
        {
            var plane = planes.AsSpan(c * area, area);
            // Cut, not rounded: WebUI's astype(uint8).
            for (var i = 0; i < area; i++) pixels[i * 3 + c] = (byte)(255 * Math.Clamp((plane[i] + 1) / 2, 0, 1));
        }
        return new Bitmap(pixelWidth, pixelHeight, 3, pixels);
    }

    /// <summary>Decodes latents [B, C, H, W] to [B, 3, 8H, 8W], about -1 to 1; one for which there is no room, in tiles.</summary>
    public float[] DecodeToFloats(ReadOnlySpan<float> latents, int batch, int height, int width, NativeClock? clock, CancellationToken cancel)
    {
        if (batch != 1) return Whole(latents, batch, height, width, clock, cancel);
        var edge = LatentTiles.EdgeFor(height, width, Room(), Need);
        while (edge is null)
        {
            try
            {
                return Whole(latents, batch, height, width, clock, cancel);
            }
            catch (NotEnoughMemoryException) when (Math.Max(height, width) > LatentTiles.Edges[^1])
            {
                // A graphics card does not tell before.
                edge = LatentTiles.Edges.First(e => e <= Math.Max(LatentTiles.Edges[^1], Math.Max(height, width) / 2));
            }
        }
        return new LatentTiles(height, width, edge.Value).Map(latents, (part, tall, wide) => Whole(part, 1, tall, wide, clock, cancel));
    }

    private float[] Whole(ReadOnlySpan<float> latents, int batch, int height, int width, NativeClock? clock, CancellationToken cancel)
    {
        var input = new float[latents.Length];
        for (var i = 0; i < input.Length; i++) input[i] = latents[i] / scale;
        var output = Run();
        if (wider is null || !Array.Exists(output, float.IsNaN)) return output;
        var half = session;
        session = wider();
        wider = null;
        half.Dispose();
        return Run();

        float[] Run()
        {
            var image = new float[batch * 3 * height * Factor * width * Factor];
            using var binding = session.Bind(clock);
            binding.Input("latent", input, batch, channels, height, width);
            binding.Output("image", image, batch, 3, height * Factor, width * Factor);
            binding.Run(cancel);
            return image;
        }
    }

    public void Dispose() => session.Dispose();
}
