using DiffusionBot.Engine.Runtime;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>What the second pass begins with: the first one's latents, enlarged as they are or as pictures.</summary>
internal static class HiresStart
{
    /// <summary>Enlarged and cut.</summary>
    /// <param name="second">How.</param>
    /// <param name="model">Drew the latents, and decodes them where pictures are enlarged.</param>
    /// <param name="next">Gives what draws the second pass, and encodes the enlarged pictures; called once, before anything is asked of it.</param>
    /// <param name="upscalers">Enlarges pictures.</param>
    /// <param name="latents">[B, C, h, w] as the sampler left them.</param>
    /// <param name="batch">How many.</param>
    /// <param name="from">Height and width that they have.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within a run.</param>
    /// <returns>[B, C, height, width].</returns>
    public static (float[] Latents, int Height, int Width) Of(
        HiresPlan second, LoadedModel model, Func<LoadedModel> next, UpscalerCache upscalers, float[] latents, int batch, (int Height, int Width) from, NativeClock clock, CancellationToken cancel)
    {
        var to = (second.LatentHeight, second.LatentWidth);
        var each = latents.Length / batch;
        // All are decoded before the next model is asked for: the one that drew them may have to go for it.
        Bitmap[] pictures = second.Latent is null ? [.. Enumerable.Range(0, batch).Select(i => model.Decoder.Decode(latents.AsSpan(i * each, each), from.Height, from.Width, clock, cancel))] : [];
        var drawing = next();
        var enlarged = second.Latent is { } upscaler
            ? upscaler.Resize(latents, batch * drawing.LatentChannels, from, to)
            : [.. pictures.SelectMany(picture => drawing.Encoder.Encode(
                upscalers.Resize(second.Picture!, picture, second.LatentWidth * LatentDecoder.Factor, second.LatentHeight * LatentDecoder.Factor, clock, cancel), clock, cancel))];
        return Cut(enlarged, batch * drawing.LatentChannels, to, second.CutY, second.CutX);
    }

    private static (float[] Latents, int Height, int Width) Cut(float[] latents, int planes, (int Height, int Width) size, int cutY, int cutX)
    {
        if (cutX == 0 && cutY == 0) return (latents, size.Height, size.Width);
        var (height, width) = (size.Height - cutY, size.Width - cutX);
        var cut = new float[planes * height * width];
        for (var line = 0; line < planes * height; line++)
        {
            var source = (((line / height * size.Height) + (line % height) + (cutY / 2)) * size.Width) + (cutX / 2);
            latents.AsSpan(source, width).CopyTo(cut.AsSpan(line * width));
        }
        return (cut, height, width);
    }
}
