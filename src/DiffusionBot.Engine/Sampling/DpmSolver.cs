namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// DPM-Solver (Lu et al., "DPM-Solver", 2022), which predicts the noise, time being -log sigma, with new noise after each step; as
/// k-diffusion's DPMSolver. It goes between two sigmas on steps of its own and follows no schedule.
/// </summary>
internal sealed class DpmSolver(Denoiser denoise, StepNoise noise, float eta, int length)
{
    private readonly float[] eps = new float[length], bent = new float[length], middle = new float[length], fresh = new float[length];

    /// <summary>DPM-Solver-fast: steps of third order, and what is left of so many looks at the model by lower ones.</summary>
    /// <param name="x">Latent with noise of deviation <paramref name="from"/>.</param>
    /// <param name="looks">At the model; 1 or more.</param>
    public void Fast(Span<float> x, float from, float to, int looks)
    {
        var (count, rest) = (looks / 3 + 1, looks % 3);
        var end = TimeOf(to);
        var times = Ramp.Of(count + 1, TimeOf(from), end);
        for (var i = 0; i < count; i++)
        {
            var order = i + 1 < count - (rest == 0 ? 1 : 0) ? 3 : rest == 0 ? count - i : rest;
            var (time, next) = (times[i], times[i + 1]);
            var (down, up) = Down(time, next, end);
            Look(x, time, eps);
            if (order == 3) Third(x, x, time, down);
            else if (order == 2) Second(x, x, time, down, 0.5f);
            else Latents.Add(x, -SigmaOf(down) * ExpMinus1(down - time), eps);
            AddNoise(x, time, next, up);
        }
    }

    /// <summary>DPM-Solver-23: steps as long as second and third order nearly agree; a step that is too long is taken back.</summary>
    /// <exception cref="EngineException">The model answers with what is no number.</exception>
    public void Adaptive(Span<float> x, float from, float to)
    {
        const float absolute = 0.0078f, relative = 0.05f, enough = 1e-5f;
        var (low, high, before) = (new float[length], new float[length], x.ToArray());
        var (time, end) = (TimeOf(from), TimeOf(to));
        var size = new StepSize(0.05, eta != 0 ? 1.5 : 3);
        while (time < end - enough)
        {
            var next = MathF.Min(end, time + (float)size.Step);
            if (!(next > time)) throw NoNumber();
            var (down, up) = Down(time, next, end);
            Look(x, time, eps);
            Second(low, x, time, down, 1 / 3f);
            ThirdAfterSecond(high, x, time, down);
            var error = Error(low, high, before, absolute, relative);
            if (!double.IsFinite(error)) throw NoNumber();
            if (!size.Accept(error)) continue;
            (before, low) = (low, before);
            high.CopyTo(x);
            AddNoise(x, time, next, up);
            time = next;
        }

        static EngineException NoNumber() => new(new LocalText(
            "DPM adaptive cannot go on: what the model says is no number, or too large for one.", "DPM adaptive 无法继续：模型的输出不是数，或者大得无法表示。"));
    }

    /// <summary>Where to step down to, as a time, and how much noise then brings the latent to the next one.</summary>
    private (float Time, float Up) Down(float time, float next, float end)
    {
        if (eta == 0) return (next, 0);
        var (down, _) = Samplers.AncestralStep(SigmaOf(time), SigmaOf(next), eta);
        var to = MathF.Min(end, TimeOf(down));
        var (sigma, reached) = (SigmaOf(next), SigmaOf(to));
        return (to, MathF.Sqrt(MathF.Max(0, sigma * sigma - reached * reached)));
    }

    private void Look(ReadOnlySpan<float> x, float time, Span<float> noisePredicted)
    {
        denoise(x, SigmaOf(time), noisePredicted);
        Latents.Slope(noisePredicted, x, noisePredicted, SigmaOf(time));
    }

    /// <summary>DPM-Solver-2, from x; <see cref="eps"/> is what the model says there. Leaves what it says a part of the way on in <see cref="bent"/>.</summary>
    private void Second(Span<float> moved, ReadOnlySpan<float> x, float time, float next, float part)
    {
        var h = next - time;
        var between = time + part * h;
        Latents.Move(middle, x, eps, -SigmaOf(between) * ExpMinus1(part * h));
        Look(middle, between, bent);
        var far = SigmaOf(next) * ExpMinus1(h);
        Latents.Move(moved, x, eps, far / (2 * part) - far);
        Latents.Add(moved, -far / (2 * part), bent);
    }

    private void Third(Span<float> moved, ReadOnlySpan<float> x, float time, float next)
    {
        var h = next - time;
        var between = time + 1 / 3f * h;
        Latents.Move(middle, x, eps, -SigmaOf(between) * ExpMinus1(1 / 3f * h));
        Look(middle, between, bent);
        ThirdAfterSecond(moved, x, time, next);
    }

    /// <summary>DPM-Solver-3, from x, after a look a third of the way on.</summary>
    private void ThirdAfterSecond(Span<float> moved, ReadOnlySpan<float> x, float time, float next)
    {
        const float two = 2 / 3f;
        var h = next - time;
        var later = time + two * h;
        var turn = SigmaOf(later) * 2 * (ExpMinus1(two * h) / (two * h) - 1);
        Latents.Move(middle, x, eps, turn - SigmaOf(later) * ExpMinus1(two * h));
        Latents.Add(middle, -turn, bent);
        Look(middle, later, bent);
        turn = SigmaOf(next) / two * (ExpMinus1(h) / h - 1);
        Latents.Move(moved, x, eps, turn - SigmaOf(next) * ExpMinus1(h));
        Latents.Add(moved, -turn, bent);
    }

    private void AddNoise(Span<float> x, float time, float next, float up)
    {
        noise(fresh, SigmaOf(time), SigmaOf(next));   // drawn also where none is added
        if (up > 0) Latents.Add(x, up, fresh);
    }

    /// <summary>How far the two guesses are apart, in what is allowed; a mean over the whole batch.</summary>
    private static double Error(ReadOnlySpan<float> low, ReadOnlySpan<float> high, ReadOnlySpan<float> before, float absolute, float relative)
    {
        var sum = 0.0;
        for (var i = 0; i < low.Length; i++)
        {
            var allowed = MathF.Max(absolute, relative * MathF.Max(MathF.Abs(low[i]), MathF.Abs(before[i])));
            var apart = (low[i] - high[i]) / allowed;
            sum += (double)apart * apart;
        }
        return Math.Sqrt(sum / low.Length);
    }

    private static float TimeOf(float sigma) => -MathF.Log(sigma);

    private static float SigmaOf(float time) => MathF.Exp(-time);

    private static float ExpMinus1(float x) => (float)double.ExpM1(x);

    /// <summary>The size of the next step by the error of the last (Söderlind, "Digital filters in adaptive time-stepping", 2003; only its integral part).</summary>
    private sealed class StepSize(double first, double order)
    {
        private const double Enough = 0.81, Tiny = 1e-8;

        public double Step { get; private set; } = first;

        public bool Accept(double error)
        {
            var factor = 1 + Math.Atan(Math.Pow(1 / (error + Tiny), 1 / order) - 1);
            Step *= factor;
            return factor >= Enough;
        }
    }
}
