using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

public sealed class ImageNoiseTests
{
    [Theory]
    [InlineData(NoiseSource.Gpu, 0)]
    [InlineData(NoiseSource.Gpu, 31337)]
    [InlineData(NoiseSource.Cpu, 0)]
    [InlineData(NoiseSource.Cpu, 31337)]
    public void An_image_has_the_same_noise_alone_and_in_a_batch(NoiseSource source, long ensd)
    {
        var batch = new ImageNoise(source, [5, 6], 3, 5, ensd);
        var alone = new ImageNoise(source, [6], 3, 5, ensd);
        Assert.Equal([2, 4, 3, 5], batch.Shape);
        Assert.Equal(First(alone), First(batch)[alone.Length..]);
        Assert.Equal(Next(alone), Next(batch)[alone.Length..]);
    }

    [Fact]
    public void Ensd_leaves_the_first_noise_alone_and_seeds_all_later_noise()
    {
        var (plain, moved, other) = (Noise(7, 0), Noise(7, 100), Noise(107, 0));
        Assert.Equal(First(plain), First(moved));
        Assert.Equal(First(other), Next(moved));
        Assert.Equal(Next(other), Next(moved));
    }

    [Fact]
    public void A_seed_moved_beyond_64_bits_goes_round()
    {
        var moved = Noise(long.MaxValue, 1);
        First(moved);
        Assert.Equal(First(Noise(long.MinValue, 0)), Next(moved));
    }

    [Theory]
    [InlineData("0.25", 0.25f)]
    [InlineData("0.5", 0.5f)]
    public void Noise_is_turned_towards_another_as_WebUI_turns_it(string name, float share)
    {
        var reference = ReferenceTensors.Open("noise/noise.safetensors");
        var noise = reference.Floats("slerp/0.0");
        var shape = reference.Shape("slerp/0.0");
        Slerp.Between(noise, reference.Floats("slerp/1.0"), share, shape[1], shape[2]);
        TensorAssert.Close(reference.Floats($"slerp/{name}"), noise, 1e-6f, name);
    }

    [Fact]
    public void A_variation_changes_the_first_noise_alone_and_at_strength_1_it_is_the_other_seeds()
    {
        var (plain, varied) = (Noise(7, 0), new ImageNoise(NoiseSource.Gpu, [7], 2, 3) { Variation = new SeedVariation([8], 1) });
        TensorAssert.Close(First(Noise(8, 0)), First(varied), 1e-6f, "first");
        First(plain);
        Assert.Equal(Next(plain), Next(varied));
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(9, 3)]
    [InlineData(1, 1)]
    public void Noise_of_another_size_lies_in_the_middle(int height, int width)
    {
        var (noise, inner) = (First(new ImageNoise(NoiseSource.Gpu, [7], 5, 5) { ResizeFrom = (height, width) }), First(new ImageNoise(NoiseSource.Gpu, [7], height, width)));
        var (y, x) = ((5 - height) >> 1, (5 - width) >> 1);
        Assert.Equal(inner[Math.Max(-y, 0) * width + Math.Max(-x, 0)], noise[Math.Max(y, 0) * 5 + Math.Max(x, 0)]);
    }

    [Fact]
    public void Noise_for_another_size_is_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => Noise(1, 0).First(new float[7]));
        Assert.Contains("Room for 7 numbers; a batch of [1, 4, 2, 3] has 24", refused.Message, StringComparison.Ordinal);
    }

    private static ImageNoise Noise(long seed, long ensd) => new(NoiseSource.Gpu, [seed], 2, 3, ensd);

    private static float[] First(ImageNoise noise)
    {
        var values = new float[noise.Length];
        noise.First(values);
        return values;
    }

    private static float[] Next(ImageNoise noise)
    {
        var values = new float[noise.Length];
        noise.Next(values);
        return values;
    }
}
