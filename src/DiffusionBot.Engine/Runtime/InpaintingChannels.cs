namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// What the UNet of an inpainting model takes beside the latent: the mask, then what is kept of the picture as a latent. The same for prompt and
/// negative prompt.
/// </summary>
/// <param name="values">[5, h, w] for every picture of a batch, or [B, 5, h, w].</param>
internal sealed class InpaintingChannels(float[] values)
{
    /// <summary>Channels: the mask's one and a latent's.</summary>
    public static int CountOf(int latentChannels) => 1 + latentChannels;

    /// <summary>For every picture of a batch.</summary>
    /// <param name="mask">[h, w]: 1 where it is drawn anew, 0 where it is kept.</param>
    /// <param name="kept">The picture as a latent [C, h, w], with mid-grey (0 of -1 to 1) where the mask is 1.</param>
    public static InpaintingChannels Of(ReadOnlySpan<float> mask, ReadOnlySpan<float> kept) => new([.. mask, .. kept]);

    /// <summary>Nothing is kept: text to image. All of the mask is 1, all of the picture grey.</summary>
    /// <param name="model">Whose autoencoder is asked.</param>
    /// <param name="height">Of the latent.</param>
    /// <param name="width">Of the latent.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    public static InpaintingChannels Everything(LoadedModel model, int height, int width, NativeClock clock)
    {
        var (pixelHeight, pixelWidth) = (height * LatentDecoder.Factor, width * LatentDecoder.Factor);
        var mask = new float[height * width];
        Array.Fill(mask, 1f);
        return Of(mask, model.Encoder.Encode(new float[3 * pixelHeight * pixelWidth], pixelHeight, pixelWidth, clock, cancel: default));
    }

    /// <summary>Elements for one picture.</summary>
    /// <exception cref="ArgumentException">They are not of the latents' height and width.</exception>
    public int EachOf(LatentShape shape)
    {
        var each = CountOf(shape.Channels) * shape.Height * shape.Width;
        return values.Length == each || values.Length == each * shape.Batch ? each
            : throw new ArgumentException($"{values.Length} values beside {shape.Batch} latents of {shape.Height}x{shape.Width}; expected {each} for all, or for each.", nameof(shape));
    }

    /// <summary>Those of one picture.</summary>
    public ReadOnlySpan<float> Of(long picture, LatentShape shape)
    {
        var each = EachOf(shape);
        return values.AsSpan(values.Length == each ? 0 : (int)picture * each, each);
    }
}
