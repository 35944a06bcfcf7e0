using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>What an image to image run, or a second pass, starts from.</summary>
/// <param name="Latent">The picture's [B, 4, h, w].</param>
/// <param name="Strength">Denoising strength: 0, hardly changed, to 1, hardly kept. What is out of this range counts as its end.</param>
internal sealed record InitLatent(float[] Latent, double Strength)
{
    /// <summary>
    /// Whether as many steps are done as are asked for, on a schedule of more, as in a second pass and with WebUI's "do exactly the amount of
    /// steps"; else the strength's share of them.
    /// </summary>
    public bool ExactSteps { get; init; }

    /// <summary>Noise multiplier for img2img: of the first noise.</summary>
    public float NoiseMultiplier { get; init; } = 1;

    /// <summary>Extra noise multiplier: added to the first noise beyond what the schedule says.</summary>
    public float ExtraNoise { get; init; }

    /// <summary>1 where the latent is kept, 0 where it is drawn, [B, 4, h, w]; null: it is drawn all over.</summary>
    public float[]? Keep { get; init; }

    // WebUI's upper end, and ours below, where a schedule would grow without end.
    private const double Most = 0.999, Least = 0.001;

    /// <summary>How many steps the schedule is made for, 0 where nothing is to be done, and how many of them, from its end, are done but for one.</summary>
    /// <param name="steps">As asked for.</param>
    public (int Planned, int Last) StepsOf(int steps)
    {
        var share = Math.Min(Strength, Most);
        if (!ExactSteps) return (steps, (int)(Math.Max(0, share) * steps));
        return (share > 0 ? (int)(steps / Math.Max(Least, share)) : 0, steps - 1);
    }
}

/// <summary>Holds a latent to another one where it is to be kept.</summary>
/// <param name="init">What is kept.</param>
/// <param name="keep">1 where it is, 0 where not, and between.</param>
internal sealed class LatentMask(float[] init, float[] keep)
{
    private readonly float[] move = new float[init.Length];

    /// <summary>latent = latent * (1 - keep) + init * keep.</summary>
    public void Apply(Span<float> latent)
    {
        TensorPrimitives.Subtract(init, latent, move);
        TensorPrimitives.MultiplyAdd(move, keep, latent, latent);
    }
}
