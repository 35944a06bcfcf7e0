using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

/// <summary>Every number of the generators against torch's and WebUI's: calls in a row on one generator, many sizes.</summary>
public sealed class GeneratorTests
{
    private const float Tolerance = 1e-6f;

    private static readonly ReferenceTensors Reference = ReferenceTensors.Open("noise/noise.safetensors");

    public static TheoryData<long> SeedsOf(string generator) =>
        [.. Reference.Names.Where(n => n.StartsWith($"{generator}/", StringComparison.Ordinal)).Select(n => long.Parse(n.Split('/')[1])).Distinct().Order()];

    [Theory]
    [MemberData(nameof(SeedsOf), "philox")]
    public void Philox_gives_the_numbers_of_a_CUDA_device(long seed) => Check("philox", seed, INormalSource.Create(NoiseSource.Gpu, seed).Fill, calls: 4);

    [Theory]
    [MemberData(nameof(SeedsOf), "mt19937")]
    public void Mt19937_gives_the_numbers_of_torch_on_a_CPU(long seed) => Check("mt19937", seed, INormalSource.Create(NoiseSource.Cpu, seed).Fill, calls: 9);

    [Theory]
    [MemberData(nameof(SeedsOf), "mt19937-uniform")]
    public void Mt19937_gives_the_uniform_numbers_of_torch(long seed)
    {
        var expected = Reference.Floats($"mt19937-uniform/{seed}");
        var actual = new float[expected.Length];
        new TorchCpuGenerator(seed).FillUniform(actual);
        TensorAssert.Close(expected, actual, Tolerance, $"seed {seed}");
    }

    [Fact]
    public void The_reference_has_seeds_beyond_32_bits_for_both_generators()
    {
        Assert.Contains(1234567890123456789, SeedsOf("philox").Select(row => row.Data));
        Assert.Contains(8589934597, SeedsOf("mt19937").Select(row => row.Data));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(259)]
    [InlineData(1023)]
    public void Philox_gives_a_number_by_its_place_however_many_are_asked_for(int count)
    {
        var (few, many) = (new float[count], new float[2000]);
        foreach (var seed in new[] { 0, -1, long.MaxValue, 1L << 32 })
        {
            new PhiloxGenerator(seed).Fill(few);
            new PhiloxGenerator(seed).Fill(many);
            TensorAssert.Close(many.AsSpan(0, count), few, 1e-6f, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(NoiseSource.Gpu)]
    [InlineData(NoiseSource.Cpu)]
    public void A_large_draw_is_normally_distributed(NoiseSource source)
    {
        var noise = new float[100_003];
        INormalSource.Create(source, seed: 3).Fill(noise);
        Assert.InRange(noise.Average(), -0.01, 0.01);
        Assert.InRange(noise.Average(v => v * v), 0.98, 1.02);
        Assert.InRange(noise.Max(MathF.Abs), 4, 6);
    }

    private delegate void Draw(Span<float> noise);

    private static void Check(string generator, long seed, Draw draw, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            var expected = Reference.Floats($"{generator}/{seed}/{call}");
            var actual = new float[expected.Length];
            draw(actual);
            TensorAssert.Close(expected, actual, Tolerance, $"seed {seed}, call {call}, {expected.Length} numbers");
        }
        Assert.False(Reference.Has($"{generator}/{seed}/{calls}"), $"The reference has more than {calls} calls.");
    }
}
