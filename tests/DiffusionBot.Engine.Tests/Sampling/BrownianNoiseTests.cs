using System.Globalization;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

/// <summary>The tree's noise against torchsde's, and what any path of it promises.</summary>
public sealed class BrownianNoiseTests
{
    private const float Tolerance = 2e-5f;

    private static readonly ReferenceTensors Reference = ReferenceTensors.Open("noise/noise.safetensors");

    public static TheoryData<string> Trees() =>
        [.. Reference.Names.Where(n => n.StartsWith("brownian/", StringComparison.Ordinal)).Select(n => n[..n.LastIndexOf('/')]).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Trees))]
    public void Noise_is_that_of_torchsde(string tree)
    {
        var parts = tree.Split('/');
        var source = parts[1] == "NV" ? NoiseSource.Gpu : NoiseSource.Cpu;
        // The batch's tree has other ends than the README names, found by trying.
        var (least, largest) = parts[2].StartsWith("batch", StringComparison.Ordinal) ? (0.03f, 14f) : (0.0292f, 14.6146f);
        long[] seeds = [.. parts[2].Replace("batch", "", StringComparison.Ordinal).Split(',').Select(s => long.Parse(s, CultureInfo.InvariantCulture))];
        BrownianNoise? noise = null;
        foreach (var name in Reference.Names.Where(n => n.StartsWith($"{tree}/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var expected = Reference.Floats(name);
            noise ??= new BrownianNoise(source, seeds, least, largest, expected.Length / seeds.Length);
            var actual = new float[expected.Length];
            var (from, to) = Interval(name);
            noise.Next(actual, from, to);
            TensorAssert.Close(expected, actual, Tolerance, name);
        }
    }

    [Fact]
    public void The_reference_has_trees_of_both_generators() => Assert.Equal(10, Trees().Count);

    [Fact]
    public void What_is_gained_does_not_depend_on_what_was_asked_before()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const int length = 16;
        var asked = new BrownianTree(NoiseSource.Gpu, seed, 0.03, 14.6, length);
        for (var i = 0; i < 60; i++)
        {
            double[] times = [.. Enumerable.Range(0, 3).Select(_ => 0.03 + random.NextDouble() * 14.5).Order()];
            var (first, second, both, alone) = (new float[length], new float[length], new float[length], new float[length]);
            asked.Between(times[0], times[1], first);
            asked.Between(times[1], times[2], second);
            asked.Between(times[0], times[2], both);
            new BrownianTree(NoiseSource.Gpu, seed, 0.03, 14.6, length).Between(times[0], times[2], alone);
            TensorAssert.Close(alone, both, 1e-5f, $"seed {seed}, {times[0]} to {times[2]}");
            for (var j = 0; j < length; j++) first[j] += second[j];
            TensorAssert.Close(both, first, 1e-5f, $"seed {seed}, {times[0]} to {times[1]} to {times[2]}");
        }
    }

    [Fact]
    public void Noise_between_any_sigmas_is_standard_normal()
    {
        var noise = new BrownianNoise(NoiseSource.Gpu, [1], 0.03f, 14.6f, 50_000);
        var values = new float[50_000];
        foreach (var (from, to) in new[] { (14.6f, 14f), (1f, 0.9f), (0.5f, 0.4999f) })
        {
            noise.Next(values, from, to);
            Assert.InRange(values.Average(), -0.02, 0.02);
            Assert.InRange(values.Average(v => v * v), 0.97, 1.03);
        }
    }

    [Fact]
    public void A_tree_without_a_way_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new BrownianTree(NoiseSource.Gpu, 1, 2, 2, 4));

    [Theory]
    [InlineData("0", 0, "")]
    [InlineData("2607380765/pool8", 2607380765, "", 8)]
    [InlineData("31337/spawn(2)[1]", 31337, "1")]
    public void Seeds_are_drawn_as_numpy_draws_them(string name, long seed, string spawn, int pool = 4)
    {
        ulong[] key = spawn.Length == 0 ? [] : [ulong.Parse(spawn, CultureInfo.InvariantCulture)];
        var state = new uint[8];
        new SeedSequence((ulong)seed, key, pool).Generate(state);
        Assert.Equal(Reference.Read<long>($"seedsequence/{name}", "I64"), state.Select(word => (long)word));
    }

    // What Python's round(x, 6) gives.
    [Theory]
    [InlineData(0.0078125, 0.007812)]
    [InlineData(0.0234375, 0.023438)]
    [InlineData(-0.0078125, -0.007812)]
    [InlineData(1.5e-06, 2e-06)]
    [InlineData(3.5e-06, 3e-06)]
    [InlineData(7.321899999999999, 7.3219)]
    [InlineData(3.6755500000000003, 3.67555)]
    [InlineData(3.1234574999999998, 3.123457)]
    [InlineData(12.0000015, 12.000001)]
    [InlineData(1.0000035, 1.000004)]
    [InlineData(5e-07, 0.0)]
    [InlineData(4.9e-07, 0.0)]
    [InlineData(1e-300, 0.0)]
    [InlineData(0.0, 0.0)]
    [InlineData(123456.7890125, 123456.789012)]
    [InlineData(2.0000005, 2.000001)]
    [InlineData(2.5000015, 2.500002)]
    public void Millionths_are_rounded_as_Python_rounds_them(double value, double expected) => Assert.Equal(expected, Micro.Round(value));

    private static (float From, float To) Interval(string name)
    {
        var ends = name[(name.LastIndexOfAny(['/', ':']) + 1)..].Split("->");
        return (float.Parse(ends[0], CultureInfo.InvariantCulture), float.Parse(ends[1], CultureInfo.InvariantCulture));
    }
}
