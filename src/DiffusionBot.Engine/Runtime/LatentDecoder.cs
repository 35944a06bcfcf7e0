using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Runtime;

/// <summary>Latents to pixels, through one autoencoder.</summary>
internal sealed class LatentDecoder(OrtSession session, int channels, float scale)
{
    /// <summary>Pixels a side for one of the latent.</summary>
    public const int Factor = 8;

    /// <summary>Decodes one latent [C, H, W] as the sampler left it. WebUI too decodes a batch one by one.</summary>
    /// <exception cref="EngineException">The autoencoder returned something that is no picture.</exception>
    public Bitmap Decode(ReadOnlySpan<float> latent, int height, int width, NativeClock clock, CancellationToken cancel)
    {
        var planes = DecodeToFloats(latent, 1, height, width, clock, cancel);
        var (pixelHeight, pixelWidth) = (height * Factor, width * Factor);
        var area = pixelHeight * pixelWidth;
        var pixels = new byte[area * 3];
        var finite = true;
        for (var c = 0; c < 3; c++)
        {
            var plane = planes.AsSpan(c * area, area);
            for (var i = 0; i < area; i++)
            {
                var value = Math.Clamp((plane[i] + 1) / 2, 0, 1);
                finite &= !float.IsNaN(value);
                pixels[i * 3 + c] = (byte)(255 * value);   // cut, not rounded: WebUI's astype(uint8)
            }
        }
        return finite ? new Bitmap(pixelWidth, pixelHeight, 3, pixels) : throw new EngineException(
            "The autoencoder returned numbers that are no colours (NaN). The checkpoint or its VAE is damaged; a separate VAE file may help.");
    }

    /// <summary>Decodes latents [B, C, H, W] to [B, 3, 8H, 8W], about -1 to 1.</summary>
    public float[] DecodeToFloats(ReadOnlySpan<float> latents, int batch, int height, int width, NativeClock? clock, CancellationToken cancel)
    {
        var input = new float[latents.Length];
        for (var i = 0; i < input.Length; i++) input[i] = latents[i] / scale;
        var output = new float[batch * 3 * height * Factor * width * Factor];
        using var binding = session.Bind(clock);
        binding.Input("latent", input, batch, channels, height, width);
        binding.Output("image", output, batch, 3, height * Factor, width * Factor);
        binding.Run(cancel);
        return output;
    }
}
