namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// The 50 of a model's timesteps that latent consistency models were distilled on (Luo et al., "Latent consistency models", 2023): 19, 39 ...
/// 999. A sigma belongs to the nearest of them, without fraction.
/// </summary>
internal sealed class LcmSchedule(NoiseSchedule model) : NoiseSchedule(Chosen(model))
{
    private const int Count = 50;

    private readonly int stride = model.Length / Count;

    public override float FirstTimestep => stride - 1;

    public override float LastTimestep => Length * stride - 1;

    public override float TimestepOf(float sigma)
    {
        var log = MathF.Log(sigma);
        var (nearest, distance) = (0, float.PositiveInfinity);
        for (var i = 0; i < Length; i++)
        {
            var away = MathF.Abs(log - MathF.Log(Sigmas[i]));
            if (away < distance) (nearest, distance) = (i, away);
        }
        return nearest * stride + stride - 1;
    }

    public override float SigmaOf(float timestep) => base.SigmaOf(Math.Clamp((timestep - (stride - 1)) / stride, 0, Length - 1));

    private static float[] Chosen(NoiseSchedule model)
    {
        var alphas = new float[Count];
        for (var i = 0; i < Count; i++) alphas[^(1 + i)] = model.Alphas[model.Length - 1 - i * (model.Length / Count)];
        return alphas;
    }
}
