namespace DiffusionBot.Engine.Sampling;

/// <summary>A seeded stream of standard normal numbers. One call stands for one call of torch.randn.</summary>
internal interface INormalSource
{
    /// <summary>Fills the whole span. How many numbers are asked for at once decides what they are, as in torch.</summary>
    void Fill(Span<float> noise);

    /// <summary>The generator that WebUI's setting "Random number generator source" names.</summary>
    static INormalSource Create(NoiseSource source, long seed) => source switch
    {
        NoiseSource.Gpu => new PhiloxGenerator(seed),
        NoiseSource.Cpu => new TorchCpuGenerator(seed),
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "Neither Gpu nor Cpu."),
    };
}
