using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Models;

/// <summary>The graphs of a checkpoint's networks, of which it is known that they fit each other.</summary>
/// <param name="Texts">The text encoders, one or two.</param>
/// <param name="Unet">The UNet.</param>
/// <param name="Decoder">The autoencoder's second half.</param>
internal sealed record ModelGraphs(IReadOnlyList<TextGraph> Texts, GraphBuilder Unet, GraphBuilder Decoder)
{
    /// <summary>Writes the graphs. A tensor that is missing or misshapen is found here, before gigabytes are read.</summary>
    /// <param name="family">Says what the tensors cannot.</param>
    /// <param name="checkpoint">All tensors: text encoders and UNet.</param>
    /// <param name="vae">The autoencoder's weights, perhaps of a file of its own.</param>
    /// <param name="target">What runs them.</param>
    /// <exception cref="InvalidCheckpointException">A tensor is missing or misshapen, or the networks are not made for each other.</exception>
    public static ModelGraphs Build(ModelFamily family, Weights checkpoint, Weights vae, GraphTarget target)
    {
        var unet = checkpoint.At(Models.Unet.Prefix);
        TextGraph[] texts = [.. family.TextEncoders.Select(row => TextGraph.Of(row, checkpoint, target))];
        var (asked, given) = (Models.Unet.ContextWidth(unet), texts.Sum(t => t.Width));
        if (asked != given) throw new InvalidCheckpointException($"{unet.File}: the UNet looks at conditioning of width {asked}; the text encoder gives {given}.");
        var (vector, told) = (Models.Unet.VectorWidth(unet), texts.Sum(t => t.Pooled) + SizeConditioning.WidthOf(family.Sizes));
        if (vector != told) throw new InvalidCheckpointException($"{unet.File}: the UNet takes a vector of {vector} numbers; {family.Name} has {told}.");
        var (latent, made) = (Vae.LatentChannels(vae), unet.Length("out.2.bias"));
        if (latent != made) throw new InvalidCheckpointException($"{vae.File}: this VAE's latents have {latent} channels; those of {unet.File} have {made}.");
        return new ModelGraphs(texts, Models.Unet.Build(unet, HeadsOf(family.UnetHeads), target), Vae.BuildDecoder(vae, target));
    }

    /// <summary>Attention heads for an inner width.</summary>
    public static Func<long, long> HeadsOf(HeadRule rule) => rule == HeadRule.Eight ? _ => 8 : width => width / 64;
}
