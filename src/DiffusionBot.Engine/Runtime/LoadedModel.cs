using System.Runtime.ExceptionServices;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Runtime;

/// <summary>A checkpoint's networks in memory, ready to draw. Owns their sessions.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly IReadOnlyList<TextEncoder> texts;
    private readonly OrtSession unet;
    private readonly ModelNetworks networks;
    private readonly Func<LatentEncoder> loadEncoder;
    private LatentEncoder? encoder;

    private LoadedModel(ModelFamily family, IReadOnlyList<TextEncoder> texts, OrtSession unet, ModelNetworks networks, LatentDecoder decoder, Func<LatentEncoder> loadEncoder, int latentChannels, PredictionType prediction)
    {
        (this.texts, this.unet, this.networks, this.loadEncoder) = (texts, unet, networks, loadEncoder);
        (Family, Text, Decoder, LatentChannels, Prediction) = (family, new TextConditioner(texts, family.Sizes), decoder, latentChannels, prediction);
    }

    public ModelFamily Family { get; }

    public TextConditioner Text { get; }

    public LatentDecoder Decoder { get; }

    /// <summary>Built when it is first asked for: text to image does without. On the drawing thread.</summary>
    public LatentEncoder Encoder => encoder ??= loadEncoder();

    /// <summary>Channels of a latent: 4.</summary>
    public int LatentChannels { get; }

    /// <summary>What the UNet says, as its files tell or as it shows when it is asked.</summary>
    public PredictionType Prediction { get; }

    /// <summary>Whether it was trained on a noise schedule that ends in noise alone.</summary>
    public bool EndsInNoise { get; private init; }

    /// <summary>Bytes of the weights as they are computed with.</summary>
    public long Bytes => texts.Sum(t => t.Session.WeightBytes) + unet.WeightBytes + Decoder.Bytes + (encoder?.Bytes ?? 0);

    /// <summary>Reads a checkpoint and builds its sessions, side by side.</summary>
    /// <param name="checkpoint">A checkpoint of a family that is drawn.</param>
    /// <param name="vae">A separate autoencoder; null: the checkpoint's own.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="cancel">Stops between weights.</param>
    public static LoadedModel Load(TensorFile checkpoint, TensorFile? vae, EngineDevice device, CancellationToken cancel)
    {
        var family = ModelFamily.ToDraw(checkpoint);
        var vaeWeights = VaeFile.WeightsOf(vae ?? checkpoint);
        var graphs = ModelGraphs.Build(family, checkpoint.Weights, vaeWeights, device.Target);
        GraphBuilder[] all = [graphs.Unet, .. graphs.Texts.Select(t => t.Graph), graphs.Decoder];   // the longest first
        var sessions = new OrtSession?[all.Length];
        // What networks change must be seen by the next run; where copies are taken they are taken again.
        var changeable = device.Settings with { Prepacks = device.Settings.CopiesWeights };
        PredictionType prediction;
        try
        {
            Parallel.For(0, all.Length, i => sessions[i] = OrtSession.Create(all[i], all[i] == graphs.Decoder ? device.Settings : changeable, cancel));
            prediction = PredictionSource.Of(checkpoint)
                ?? (family.MayPredictVelocity ? PredictionProbe.Ask(sessions[0]!, family.UnetInputs, graphs.Texts.Sum(t => t.Width), cancel) : PredictionType.Eps);
        }
        catch (Exception e)
        {
            foreach (var session in sessions) session?.Dispose();
            if (e is AggregateException together) ExceptionDispatchInfo.Throw(together.InnerExceptions[0]);
            throw;
        }
        var (unet, decoderSession) = (sessions[0]!, sessions[^1]!);
        TextEncoder[] texts = [.. graphs.Texts.Select((graph, i) => new TextEncoder(sessions[i + 1]!, graph))];
        var channels = (int)Vae.LatentChannels(vaeWeights);
        var decoder = new LatentDecoder(decoderSession, device.Target.Type == ElementType.Float ? null : DecoderInFloat, channels, family.LatentScale)
        {
            // A card's memory is not the machine's.
            Need = device.Settings.CudaDevice is null ? pixels => Vae.DecodingBytes(vaeWeights, pixels) : _ => 0,
        };
        var networks = new ModelNetworks(new ModelLayers(checkpoint), [.. texts.Select(t => t.Session)], unet,
            hypernetworks => Unet.Build(checkpoint.Weights.At(Unet.Prefix), ModelGraphs.HeadsOf(family.UnetHeads), device.Target, hypernetworks: hypernetworks));
        return new LoadedModel(family, texts, unet, networks, decoder, Encoder, channels, prediction)
        {
            EndsInNoise = PredictionSource.EndsInNoise(checkpoint),
        };

        OrtSession DecoderInFloat() =>
            OrtSession.Create(Vae.BuildDecoder(vaeWeights, device.Target with { Type = ElementType.Float }), device.Settings, cancel: default);

        // In float, as WebUI's is where half overflows: it runs once.
        LatentEncoder Encoder() =>
            new(OrtSession.Create(Vae.BuildEncoder(vaeWeights, device.Target with { Type = ElementType.Float }), device.Settings, cancel: default), channels, family.LatentScale);
    }

    /// <summary>Whether the UNet takes <see cref="InpaintingChannels"/> beside the latent.</summary>
    public bool IsInpainting => Family.UnetInputs == LatentChannels + InpaintingChannels.CountOf(LatentChannels);

    /// <summary>Whether it can be drawn with: a change of its networks may have failed half-way on a graphics card.</summary>
    public bool IsSound => unet.IsSound && texts.All(t => t.Session.IsSound);

    /// <summary>Puts on exactly these networks, and takes off all others: before any prompt is encoded or anything predicted.</summary>
    /// <returns>What the one who asked should know.</returns>
    /// <exception cref="InvalidCheckpointException">A network's file cannot be read.</exception>
    public IReadOnlyList<LocalText> Apply(NetworkSet set, CancellationToken cancel) => networks.Apply(set, cancel);

    /// <summary>The UNet, for all steps of one batch.</summary>
    /// <param name="shape">Of the batch of latents.</param>
    /// <param name="guides">What it looks at.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="beside">For an inpainting model, and only for one; null: all of the picture is drawn anew.</param>
    /// <param name="firstLook">Looks at a model that were done before by another.</param>
    public UnetRun Predict(LatentShape shape, Guides guides, NativeClock clock, InpaintingChannels? beside = null, int firstLook = 0) => new(unet, shape, guides, clock)
    {
        FirstLook = firstLook,
        Beside = !IsInpainting ? null : beside ?? InpaintingChannels.Everything(this, shape.Height, shape.Width, clock),
    };

    public void Dispose()
    {
        foreach (var text in texts) text.Session.Dispose();
        unet.Dispose();
        Decoder.Dispose();
        encoder?.Dispose();
    }
}
