using DiffusionBot.Engine.Sampling;
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

    /// <summary>Draws latents from around where they lie, as WebUI does, from a generator that nobody knows the state of there. Null: where they lie. For tests.</summary>
    public INormalSource? Around { get; set; }

    /// <summary>A latent [C, H / 8, W / 8] as samplers take it; rounded down.</summary>
    /// <param name="picture">RGB; both edges 8 or more.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within the run.</param>
    public float[] Encode(Bitmap picture, NativeClock clock, CancellationToken cancel) => Encode(PlanesOf(picture), picture.Height, picture.Width, clock, cancel);

    /// <summary>The same of numbers [3, H, W] from -1 to 1.</summary>
    public float[] Encode(float[] planes, int pixelHeight, int pixelWidth, NativeClock clock, CancellationToken cancel)
    {
        var (height, width) = (pixelHeight / LatentDecoder.Factor, pixelWidth / LatentDecoder.Factor);
        var moments = new float[2 * channels * height * width];
        using var binding = session.Bind(clock);
        binding.Input("image", planes, 1, 3, pixelHeight, pixelWidth);
        binding.Output("moments", moments, 1, 2 * channels, height, width);
        binding.Run(cancel);
        var latent = moments[..(channels * height * width)];
        if (Around is not null) Move(latent, moments.AsSpan(latent.Length));
        for (var i = 0; i < latent.Length; i++) latent[i] *= scale;
        return latent;
    }

    /// <summary>A picture's colours as numbers [3, H, W] from -1 to 1.</summary>
    public static float[] PlanesOf(Bitmap picture)
    {
        if (picture.Channels != 3) throw new ArgumentException($"{picture.Channels} channels; expected RGB.", nameof(picture));
        var area = picture.Width * picture.Height;
        var planes = new float[3 * area];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < area; i++) planes[(c * area) + i] = (2 * (picture.Pixels[(i * 3) + c] / 255f)) - 1;
        }
        return planes;
    }

    private void Move(float[] latent, ReadOnlySpan<float> logVariance)
    {
        var noise = new float[latent.Length];
        Around!.Fill(noise);
        for (var i = 0; i < latent.Length; i++) latent[i] += noise[i] * MathF.Exp(0.5f * Math.Clamp(logVariance[i], -30, 20));
    }

    public void Dispose() => session.Dispose();
}
