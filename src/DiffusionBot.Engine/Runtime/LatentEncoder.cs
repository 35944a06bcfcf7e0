using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// Pixels to latents, through one autoencoder. It says where a latent lies and how surely; what is taken is where it lies. WebUI draws one from around there, of a deviation that
/// changes no pixel.
/// </summary>
/// <param name="session">The graph. Owned.</param>
/// <param name="channels">Of a latent.</param>
/// <param name="scale">The family's: latents are multiplied by it.</param>
internal sealed class LatentEncoder(OrtSession session, int channels, float scale) : IDisposable
{
    /// <summary>Bytes of its weights.</summary>
    public long Bytes => session.WeightBytes;

    /// <summary>A latent [C, H / 8, W / 8] as samplers take it.</summary>
    /// <param name="picture">RGB; both edges multiples of 8.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within the run.</param>
    public float[] Encode(Bitmap picture, NativeClock clock, CancellationToken cancel)
    {
        if (picture.Channels != 3 || picture.Width % LatentDecoder.Factor != 0 || picture.Height % LatentDecoder.Factor != 0)
            throw new ArgumentException($"{picture.Width}x{picture.Height} with {picture.Channels} channels; expected RGB with edges that are multiples of {LatentDecoder.Factor}.", nameof(picture));
        var area = picture.Width * picture.Height;
        var image = new float[3 * area];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < area; i++) image[(c * area) + i] = (2 * (picture.Pixels[(i * 3) + c] / 255f)) - 1;
        }
        return Encode(image, picture.Height, picture.Width, clock, cancel);
    }

    /// <summary>Likewise.</summary>
    /// <param name="image">[3, pixelHeight, pixelWidth], -1 to 1.</param>
    /// <param name="pixelHeight">A multiple of 8.</param>
    /// <param name="pixelWidth">A multiple of 8.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within the run.</param>
    public float[] Encode(float[] image, int pixelHeight, int pixelWidth, NativeClock clock, CancellationToken cancel)
    {
        var (height, width) = (pixelHeight / LatentDecoder.Factor, pixelWidth / LatentDecoder.Factor);
        var moments = new float[2 * channels * height * width];
        using var binding = session.Bind(clock);
        binding.Input("image", image, 1, 3, pixelHeight, pixelWidth);
        binding.Output("moments", moments, 1, 2 * channels, height, width);
        binding.Run(cancel);
        var latent = moments[..(channels * height * width)];
        for (var i = 0; i < latent.Length; i++) latent[i] *= scale;
        return latent;
    }

    public void Dispose() => session.Dispose();
}
