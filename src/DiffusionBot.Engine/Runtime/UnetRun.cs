using System.Numerics.Tensors;
using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Runtime;

/// <summary>The shape of a batch of latents [B, C, H, W]; H and W are an eighth of the picture's.</summary>
internal readonly record struct LatentShape(int Batch, int Channels, int Height, int Width)
{
    /// <summary>Elements of one latent.</summary>
    public int Each => Channels * Height * Width;

    /// <summary>Elements of the batch.</summary>
    public int Elements => Batch * Each;
}

/// <summary>
/// The UNet through all steps of one batch. Prompts and negative prompt go through it together where they are of one length, as in WebUI, which runs them one after the other where
/// they are not.
/// </summary>
internal sealed class UnetRun : IDisposable
{
    /// <summary>Bindings that are kept: an alternation comes back to what it was.</summary>
    private const int MostKept = 4;

    private readonly OrtSession session;
    private readonly LatentShape shape;
    private readonly Guides guides;
    private readonly NativeClock clock;
    private readonly List<(Conditioning[] Looked, UnetLook Look)> kept = [];
    private readonly float[] difference;
    private int looks;

    internal UnetRun(OrtSession session, LatentShape shape, Guides guides, NativeClock clock)
    {
        (this.session, this.shape, this.guides, this.clock) = (session, shape, guides, clock);
        difference = guides.IsPlain ? [] : new float[shape.Elements];
    }

    /// <summary>What an inpainting UNet takes beside the latent; null: it takes nothing.</summary>
    public InpaintingChannels? Beside { get; init; }

    /// <summary>Looks at the model that were done before, by another: the prompts' schedules go on from there. Default 0.</summary>
    public int FirstLook
    {
        init => looks = value;
    }

    /// <summary>One step's prediction, for the prompts together and for the negative prompt. Each call is a step on in the prompts' schedules.</summary>
    /// <param name="x">The scaled input [B, C, H, W].</param>
    /// <param name="timestep">0 to 999, fractions allowed.</param>
    /// <param name="forPrompt">Gets [B, C, H, W].</param>
    /// <param name="forNegative">Gets [B, C, H, W]; empty where nobody asks.</param>
    /// <param name="cancel">Stops within the run.</param>
    public void Predict(ReadOnlySpan<float> x, float timestep, Span<float> forPrompt, Span<float> forNegative, CancellationToken cancel)
    {
        var look = LookAt(looks++);
        look.Run(x, timestep, cancel);
        if (!forNegative.IsEmpty) look.Negative.CopyTo(forNegative);
        if (guides.IsPlain) look.Prompt(0).CopyTo(forPrompt);
        else Combine(look, forPrompt);
    }

    /// <summary>May be called more than once.</summary>
    public void Dispose()
    {
        foreach (var (_, look) in kept) look.Dispose();
        kept.Clear();
    }

    /// <summary>What guidance then makes the weighted sum of all that each prompt differs by: uncond + sum of weight * (cond - uncond).</summary>
    private void Combine(UnetLook look, Span<float> combined)
    {
        var negative = look.Negative;
        negative.CopyTo(combined);
        for (var i = 0; i < guides.Prompts.Count; i++)
        {
            TensorPrimitives.Subtract(look.Prompt(i), negative, difference);
            TensorPrimitives.MultiplyAdd(difference, guides.Prompts[i].Weight, combined, combined);
        }
    }

    private UnetLook LookAt(int number)
    {
        var looked = guides.Prompts.Select(guide => guide.Schedule.At(number)).ToArray();
        var negative = guides.Negative?.At(number);
        Conditioning[] all = negative is null ? looked : [.. looked, negative];
        var at = kept.FindIndex(known => known.Looked.AsSpan().SequenceEqual(all, ReferenceEqualityComparer.Instance));
        if (at >= 0) return kept[at].Look;
        if (kept.Count == MostKept)
        {
            kept[0].Look.Dispose();
            kept.RemoveAt(0);
        }
        var look = new UnetLook(session, shape, looked, negative, Beside, clock);
        kept.Add((all, look));
        return look;
    }
}
