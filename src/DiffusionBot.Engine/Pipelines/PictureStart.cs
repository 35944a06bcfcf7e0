using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Upscaling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>What an image to image run starts from, and what its pictures become (modules/processing.py, StableDiffusionProcessingImg2Img).</summary>
internal sealed class PictureStart
{
    private readonly InitImage init;
    private readonly Bitmap? overlay;
    private readonly Region? part;
    private readonly Bitmap? colours;
    private readonly float[] latent;
    private readonly float[]? keep;

    /// <summary>Prepares a picture: to the size that is drawn at, into a latent.</summary>
    /// <param name="plan">With a picture to draw from.</param>
    /// <param name="model">Whose autoencoder is asked.</param>
    /// <param name="seeds">The first batch's: where the masked part is filled with noise, all batches begin with theirs.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops within a run.</param>
    public PictureStart(DrawingPlan plan, LoadedModel model, long[] seeds, NativeClock clock, CancellationToken cancel)
    {
        init = plan.Request.Init!;
        var (width, height) = (plan.Width, plan.Height);
        var mask = init.Inpaint is { } inpaint ? InpaintMask.Of(init, inpaint, width, height) : null;
        IsMasked = mask is not null;
        part = mask?.Part;
        var picture = Channels.ToRgb(Channels.FlattenOntoWhite(init.Picture!));
        if (part is null && init.ResizeMode != ResizeMode.Latent) picture = InpaintMask.Fit(picture, width, height, init.ResizeMode);
        if (mask is not null) overlay = Layers.Seen(picture, Channels.Each(OfSize(mask.Hidden, picture.Width, picture.Height), value => (byte)(255 - value)));
        if (part is { } at) picture = Fitting.Fill(Channels.Crop(picture, at.X, at.Y, at.Width, at.Height), width, height);
        var content = init.Inpaint?.Content ?? MaskedContent.Original;
        if (mask is not null && content != MaskedContent.Original) picture = Layers.FillHidden(picture, OfSize(mask.Drawn, picture.Width, picture.Height));
        if (init.ColorCorrection) colours = picture;
        var shape = new LatentShape(seeds.Length, model.LatentChannels, plan.LatentHeight, plan.LatentWidth);
        latent = Repeated(Encode(picture, model, shape, clock, cancel), seeds.Length);
        if (mask is null) return;
        if (model.IsInpainting) Beside = BesideOf(OfSize(picture, width, height), mask.Drawn, model, shape, clock, cancel);
        keep = KeepOf(mask.Drawn, shape);
        if (content is MaskedContent.LatentNoise or MaskedContent.LatentNothing) Replace(content == MaskedContent.LatentNoise ? FirstNoise(plan.Request, seeds, shape) : null);
    }

    /// <summary>Whether a mask is used; not where only the masked part was asked for, and nothing is masked.</summary>
    public bool IsMasked { get; }

    /// <summary>What an inpainting model sees of the picture; null for other models, and where all of it is drawn anew.</summary>
    public InpaintingChannels? Beside { get; }

    /// <summary>For the sampler.</summary>
    public InitLatent Latent => new(latent, init.DenoisingStrength)
    {
        ExactSteps = init.ExactSteps,
        NoiseMultiplier = (float)init.NoiseMultiplier,
        ExtraNoise = (float)init.ExtraNoise,
        Keep = keep,
    };

    /// <summary>A drawn picture with the source's colours, where that is asked for, and below what was not masked.</summary>
    public Bitmap Finish(Bitmap drawn)
    {
        if (colours is not null) drawn = ColourMatch.To(drawn, colours);
        if (overlay is null) return drawn;
        if (part is { } at) drawn = Layers.OnCanvas(overlay.Width, overlay.Height, Fitting.Crop(drawn, at.Width, at.Height), at.X, at.Y);
        return Channels.ToRgb(Layers.Over(drawn, overlay));
    }

    /// <summary>Masks and pictures are of different sizes only where the latent is resized.</summary>
    private static Bitmap OfSize(Bitmap picture, int width, int height) => Fitting.Stretch(picture, width, height);

    private static float[] Encode(Bitmap picture, LoadedModel model, LatentShape shape, NativeClock clock, CancellationToken cancel)
    {
        var latent = model.Encoder.Encode(picture, clock, cancel);
        var (from, to) = ((picture.Height / LatentDecoder.Factor, picture.Width / LatentDecoder.Factor), (shape.Height, shape.Width));
        return from == to ? latent : LatentUpscaler.All[0].Resize(latent, shape.Channels, from, to);
    }

    /// <summary>The mask, 0 or 1, by its nearest pixels, and the picture where it is kept.</summary>
    private static InpaintingChannels BesideOf(Bitmap picture, Bitmap drawn, LoadedModel model, LatentShape shape, NativeClock clock, CancellationToken cancel)
    {
        var planes = LatentEncoder.PlanesOf(picture);
        var mask = Array.ConvertAll(drawn.Pixels, value => value > 127 ? 1f : 0f);
        for (var i = 0; i < planes.Length; i++) planes[i] *= 1 - mask[i % mask.Length];
        var small = LatentUpscaler.Nearest.Resize(mask, planes: 1, (drawn.Height, drawn.Width), (shape.Height, shape.Width));
        return InpaintingChannels.Of(small, model.Encoder.Encode(planes, picture.Height, picture.Width, clock, cancel));
    }

    private static float[] Repeated(float[] one, int times) => [.. Enumerable.Repeat(one, times).SelectMany(x => x)];

    /// <summary>1 where the latent is kept, 0 where it is drawn; nothing between.</summary>
    private static float[] KeepOf(Bitmap drawn, LatentShape shape)
    {
        var small = Resampling.Resize(drawn, shape.Width, shape.Height, ResampleFilter.Bicubic);
        return Repeated(Array.ConvertAll(small.Pixels, value => value > 127 ? 0f : 1f), shape.Batch * shape.Channels);
    }

    private static float[] FirstNoise(ImageRequest request, long[] seeds, LatentShape shape)
    {
        var noise = new float[shape.Elements];
        new ImageNoise(request.Rng, seeds, shape.Height, shape.Width).First(noise);
        return noise;
    }

    /// <summary>Puts other numbers where it is drawn; null: zeros.</summary>
    private void Replace(float[]? numbers)
    {
        for (var i = 0; i < latent.Length; i++) latent[i] = (latent[i] * keep![i]) + ((numbers?[i] ?? 0) * (1 - keep[i]));
    }
}
