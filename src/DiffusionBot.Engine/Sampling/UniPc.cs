using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// UniPC, multistep, predicting the picture (Zhao et al., "UniPC: a unified predictor-corrector framework", 2023). Each look at the model
/// serves twice: to correct the step that led there and to predict the next one. Time is (timestep + 1) / timesteps; rounds where the
/// original rounds, for near its end single precision shows.
/// </summary>
internal sealed class UniPc
{
    private readonly TimestepDenoiser denoise;
    private readonly UniPcTime time;
    private readonly SamplingSettings settings;
    private readonly float[] eps, unused, start, move;

    /// <param name="denoise">Asked at timesteps with fraction.</param>
    /// <param name="model">The model's schedule.</param>
    /// <param name="settings">Variant, order and spread.</param>
    /// <param name="length">Elements of the latent.</param>
    public UniPc(TimestepDenoiser denoise, NoiseSchedule model, SamplingSettings settings, int length)
    {
        this.denoise = denoise;
        this.settings = settings;
        time = new UniPcTime(model);
        (eps, unused, start, move) = (new float[length], new float[length], new float[length], new float[length]);
    }

    /// <summary>From the latent at a time to the picture, in so many steps.</summary>
    /// <param name="x">DDPM's latent.</param>
    /// <param name="steps">Less than the order: the order is the steps.</param>
    /// <param name="startTime">Null: the model's last.</param>
    public void Sample(Span<float> x, int steps, float? startTime = null)
    {
        if (steps < 1) return;
        var order = Math.Min(settings.UniPcOrder, steps);
        var times = time.Steps(settings.UniPcSkip, startTime ?? 1, steps);
        var guesses = new List<(float Time, float[] X0)>(order + 1) { (times[0], Look(x, times[0], new float[x.Length])) };
        for (var step = 1; step <= steps; step++)
        {
            var here = Math.Min(step, order);
            if (settings.UniPcLowerOrderFinal && step >= order) here = Math.Min(here, steps + 1 - step);
            var room = guesses.Count > order ? guesses[0].X0 : new float[x.Length];
            if (guesses.Count > order) guesses.RemoveAt(0);
            Step(x, guesses, times[step], here, step < steps ? room : null);
            if (step < steps) guesses.Add((times[step], room));
        }
    }

    /// <summary>One step of an order.</summary>
    /// <param name="guesses">The last of them was made where x is.</param>
    /// <param name="corrected">Written: the guess at the step's end, by which the step is corrected; null: it is the last one.</param>
    private void Step(Span<float> x, List<(float Time, float[] X0)> guesses, float to, int order, float[]? corrected)
    {
        var (from, last) = guesses[^1];
        var h = time.LambdaOf(to) - time.LambdaOf(from);
        var ratios = new double[order];
        for (var i = 1; i < order; i++) ratios[i - 1] = (time.LambdaOf(guesses[^(i + 1)].Time) - time.LambdaOf(from)) / h;
        ratios[^1] = 1;
        var weights = UniPcWeights.Of(settings.UniPcVariant, ratios, -h);

        // First order: DDIM's step.
        x.CopyTo(start);
        var (alpha, shrink) = (time.AlphaOf(to), UniPcWeights.ExpMinus1(-h));
        Latents.Blend(start, time.SigmaOf(to) / time.SigmaOf(from), (float)(-alpha * shrink), last);

        start.CopyTo(x);
        Bend(x, weights.Predictor);
        if (corrected is null) return;
        Look(x, to, corrected);
        start.CopyTo(x);
        Bend(x, weights.Corrector.AsSpan(0, order - 1));
        Turn(x, corrected, weights.Corrector[^1]);

        void Bend(Span<float> moved, ReadOnlySpan<double> byGuess)
        {
            for (var i = 0; i < byGuess.Length; i++) Turn(moved, guesses[^(i + 2)].X0, byGuess[i] / ratios[i]);
        }

        void Turn(Span<float> moved, ReadOnlySpan<float> guess, double weight)
        {
            TensorPrimitives.Subtract(guess, last, move);
            Latents.Add(moved, (float)(-alpha * weight), move);
        }
    }

    /// <summary>The picture that the model guesses from a latent at a time.</summary>
    private float[] Look(ReadOnlySpan<float> x, float at, float[] x0)
    {
        denoise(x, time.TimestepOf(at), eps, unused);
        var (alpha, sigma) = (time.AlphaOf(at), time.SigmaOf(at));
        TensorPrimitives.MultiplyAdd(eps, -sigma, x, x0);
        TensorPrimitives.Divide(x0, alpha, x0);
        return x0;
    }
}
