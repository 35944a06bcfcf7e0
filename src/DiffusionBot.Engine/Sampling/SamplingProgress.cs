namespace DiffusionBot.Engine.Sampling;

/// <summary>How far a run is, told after each look at the model.</summary>
/// <param name="model">Counts the looks.</param>
/// <param name="twice">Whether the sampler looks twice a step.</param>
/// <param name="steps">As many as are said in the end.</param>
/// <param name="done">Told; may be null.</param>
/// <param name="cancel">Looked at before each look.</param>
internal sealed class SamplingProgress(Denoisers model, bool twice, int steps, StepDone? done, CancellationToken cancel)
{
    private int said;

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void BeforeLook() => cancel.ThrowIfCancellationRequested();

    /// <param name="passed">The share of the way, by where the look was.</param>
    /// <param name="x0">What the model guesses.</param>
    public void AfterLook(double passed, ReadOnlySpan<float> x0)
    {
        if (done is null) return;
        var step = twice ? (model.Looks + 1) / 2 : (int)(passed * steps);
        said = Math.Clamp(step, Math.Max(1, said), steps);   // some samplers go back
        done(said, x0);
    }

    /// <summary>The share of its places that a sampler has reached which now looks at one of them; the last it only reaches. Some have more places than steps.</summary>
    public static double Passed(float[] places, float now)
    {
        if (places.Length < 2) return 1;
        var passed = 0;
        foreach (var place in places) passed += place >= now ? 1 : 0;
        return (double)passed / (places.Length - 1);
    }
}
