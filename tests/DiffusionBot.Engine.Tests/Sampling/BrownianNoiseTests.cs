using System.Globalization;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

/// <summary>The tree's noise against torchsde's, and what any path of it promises.</summary>
public sealed class BrownianNoiseTests
{
    private const float Tolerance = 2e-5f;
    private const float SigmaMin = 0.0292f, SigmaMax = 14.6146f;

    private static readonly ReferenceTensors Reference = ReferenceTensors.Open("noise/noise.safetensors");

    public static TheoryData<string> Trees() =>
        [.. Reference.Names.Where(n => n.StartsWith("brownian/", StringComparison.Ordinal)).Select(n => n[..n.LastIndexOf('/')]).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Trees))]
    public void Noise_is_that_of_torchsde(string tree)
    {
        var parts = tree.Split('/');
        var source = parts[1] == "NV" ? NoiseSource.Gpu : NoiseSource.Cpu;
        long[] seeds = [.. parts[2].Replace("batch", "", StringComparison.Ordinal).Split(',').Select(s => long.Parse(s, CultureInfo.InvariantCulture))];
        BrownianNoise? noise = null;
        foreach (var name in Reference.Names.Where(n => n.StartsWith($"{tree}/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var expected = Reference.Floats(name);
            noise ??= new BrownianNoise(source, seeds, SigmaMin, SigmaMax, expected.Length / seeds.Length);
            var actual = new float[expected.Length];
            var (from, to) = Interval(name);
            noise.Next(actual, from, to);
            TensorAssert.Close(expected, actual, Tolerance, name);
        }
    }

    [Fact]
    public void The_reference_has_trees_of_both_generators() => Assert.Equal(10, Trees().Count);

    private static (float From, float To) Interval(string name)
    {
        var ends = name[(name.LastIndexOfAny(['/', ':']) + 1)..].Split("->");
        return (float.Parse(ends[0], CultureInfo.InvariantCulture), float.Parse(ends[1], CultureInfo.InvariantCulture));
    }
}
