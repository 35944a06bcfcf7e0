using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Prompts;

public sealed class EmphasisTests
{
    [Fact]
    public void Original_weighs_tokens_and_keeps_the_mean()
    {
        float[] z = [1, 2, 3, 6];
        Emphasis.Apply(EmphasisMode.Original, z, [1, 2], width: 2);
        // Weighed: 1 2 6 12, mean 5.25; the mean was 3.
        TensorAssert.Close([1 * 12f / 21, 2 * 12f / 21, 6 * 12f / 21, 12 * 12f / 21], z, 1e-6f, "z");
    }

    [Theory]
    [InlineData(EmphasisMode.NoNorm, 1f, 2f, 6f, 12f)]
    [InlineData(EmphasisMode.Ignore, 1f, 2f, 3f, 6f)]
    [InlineData(EmphasisMode.None, 1f, 2f, 3f, 6f)]
    public void The_others_keep_no_mean_or_weigh_nothing(EmphasisMode mode, params float[] expected)
    {
        float[] z = [1, 2, 3, 6];
        Emphasis.Apply(mode, z, [1, 2], width: 2);
        Assert.Equal(expected, z);
    }

    [Fact]
    public void Weights_of_one_change_nothing()
    {
        float[] z = [0.1f, -0.7f, 0.3f];
        Emphasis.Apply(EmphasisMode.Original, z, [1, 1, 1], width: 1);
        Assert.Equal([0.1f, -0.7f, 0.3f], z);
    }

    [Fact]
    public void Weights_of_zero_give_no_infinities()
    {
        float[] z = [1, 2];
        Emphasis.Apply(EmphasisMode.Original, z, [0, 0], width: 1);
        Assert.Equal([0f, 0f], z);
    }
}
