namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// How much noise a model was trained to see at each of its timesteps, as DDPM says it (alphas) and as k-diffusion says
/// it (sigmas, of a latent that is not scaled down as noise grows): sigma² = (1 - alpha) / alpha.
/// </summary>
internal class NoiseSchedule
{
    private const float LastOfStretched = 4.8973451890853435e-08f;   // WebUI's: nothing of the signal, but no infinite sigma

    private readonly float[] alphas, sigmas, logSigmas;
    private readonly Func<float, float> round;

    /// <param name="alphasCumprod">Share of the signal left at each timestep, falling, within (0, 1). At least two.</param>
    public NoiseSchedule(ReadOnlySpan<float> alphasCumprod)
        : this(alphasCumprod, value => value)
    {
    }

    /// <param name="alphasCumprod">Likewise.</param>
    /// <param name="round">What becomes of every result.</param>
    private NoiseSchedule(ReadOnlySpan<float> alphasCumprod, Func<float, float> round)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(alphasCumprod.Length, 2, nameof(alphasCumprod));
        this.round = round;
        alphas = Array.ConvertAll(alphasCumprod.ToArray(), a => round(a));
        sigmas = Array.ConvertAll(alphas, a => round(MathF.Sqrt(round(round(1 - a) / a))));
        logSigmas = Array.ConvertAll(sigmas, sigma => round(MathF.Log(sigma)));
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

    /// <summary>The schedule of SD 1.x, SD 2.x and SDXL, in half precision and stretched where that is asked.</summary>
    public static NoiseSchedule Of(bool inHalf, bool endsInNoise)
    {
        var schedule = inHalf ? StableDiffusion.InHalf() : StableDiffusion;
        return endsInNoise ? schedule.EndingInNoise() : schedule;
    }

    /// <summary>In half precision, and all that comes of it: as models lay in memory before WebUI 1.7.0-225.</summary>
    public NoiseSchedule InHalf() => new(alphas, value => (float)(Half)value);

    /// <summary>Stretched so that nothing of the signal is left at its end (Lin et al., "Common diffusion noise schedules and sample steps are flawed", 2023, algorithm 1).</summary>
    public NoiseSchedule EndingInNoise()
    {
        var roots = Array.ConvertAll(alphas, MathF.Sqrt);
        var (first, last) = (roots[0], roots[^1]);
        var stretch = first / (first - last);
        var stretched = Array.ConvertAll(roots, root => (root - last) * stretch * ((root - last) * stretch));
        stretched[^1] = LastOfStretched;
        return new NoiseSchedule(stretched);
    }

    /// <summary>Deviation of the signal at a timestep.</summary>
    public float SignalAt(int timestep) => round(MathF.Sqrt(alphas[timestep]));

    /// <summary>Deviation of the noise at a timestep.</summary>
    public float NoiseAt(int timestep) => round(MathF.Sqrt(round(1 - alphas[timestep])));

    /// <summary>Half the logarithm of the signal's share at a timestep.</summary>
    public float LogSignalAt(int timestep) => 0.5f * round(MathF.Log(alphas[timestep]));

    /// <summary>The timestep of the sigma that comes nearest; of two, the first.</summary>
    public int NearestTo(float sigma)
    {
        var nearest = 0;
        for (var i = 1; i < sigmas.Length; i++)
        {
            if (MathF.Abs(sigmas[i] - sigma) < MathF.Abs(sigmas[nearest] - sigma)) nearest = i;
        }
        return nearest;
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
