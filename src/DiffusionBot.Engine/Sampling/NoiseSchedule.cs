namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// How much noise a model was trained to see at each of its timesteps, as DDPM says it (alphas) and as k-diffusion says
/// it (sigmas, of a latent that is not scaled down as noise grows): sigma² = (1 - alpha) / alpha.
/// </summary>
internal class NoiseSchedule
{
    private readonly float[] alphas, sigmas, logSigmas;

    /// <param name="alphasCumprod">Share of the signal left at each timestep, falling, within (0, 1). At least two.</param>
    public NoiseSchedule(ReadOnlySpan<float> alphasCumprod)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(alphasCumprod.Length, 2, nameof(alphasCumprod));
        alphas = alphasCumprod.ToArray();
        sigmas = Array.ConvertAll(alphas, a => MathF.Sqrt((1 - a) / a));
        logSigmas = Array.ConvertAll(sigmas, MathF.Log);
    }

    /// <summary>The schedule of SD 1.x, SD 2.x and SDXL: 1000 steps, beta "scaled linear" from 0.00085 to 0.012.</summary>
    public static NoiseSchedule StableDiffusion { get; } = new(ScaledLinear(1000, 0.00085, 0.012));

    /// <summary>[timesteps], falling: alphas_cumprod.</summary>
    public ReadOnlySpan<float> Alphas => alphas;

    /// <summary>[timesteps], rising.</summary>
    public ReadOnlySpan<float> Sigmas => sigmas;

    public float SigmaMin => sigmas[0];

    public float SigmaMax => sigmas[^1];

    /// <summary>How many there are: of training timesteps, 1000.</summary>
    public int Length => sigmas.Length;

    /// <summary>The timestep of the least sigma.</summary>
    public virtual float FirstTimestep => 0;

    /// <summary>The timestep of the largest sigma.</summary>
    public virtual float LastTimestep => Length - 1;

    /// <summary>The timestep, with fraction, of a sigma: linear between the logarithms, at the ends the first and the last.</summary>
    public virtual float TimestepOf(float sigma)
    {
        var log = MathF.Log(sigma);
        var found = Array.BinarySearch(logSigmas, log);
        var low = Math.Clamp(found >= 0 ? found : ~found - 1, 0, Length - 2);
        var w = Math.Clamp((logSigmas[low] - log) / (logSigmas[low] - logSigmas[low + 1]), 0, 1);
        return (1 - w) * low + w * (low + 1);
    }

    /// <summary>The sigma of a timestep, with fraction, from 0 to the last.</summary>
    public virtual float SigmaOf(float timestep)
    {
        var (low, high) = ((int)MathF.Floor(timestep), (int)MathF.Ceiling(timestep));
        var w = timestep - low;
        return MathF.Exp((1 - w) * logSigmas[low] + w * logSigmas[high]);
    }

    /// <summary>In double precision until the end, as latent-diffusion does it (make_beta_schedule, "linear").</summary>
    private static float[] ScaledLinear(int count, double first, double last)
    {
        var shares = new float[count];
        var product = 1.0;
        for (var i = 0; i < count; i++)
        {
            var root = Math.Sqrt(first) + (Math.Sqrt(last) - Math.Sqrt(first)) * i / (count - 1);
            product *= 1 - root * root;
            shares[i] = (float)product;
        }
        return shares;
    }
}
