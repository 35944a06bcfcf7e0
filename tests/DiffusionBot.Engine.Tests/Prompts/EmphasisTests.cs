using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Prompts;

public sealed class EmphasisTests
{
    [Fact]
    public void Original_weighs_tokens_and_keeps_the_mean()
    {
        float[] z = [1, 2, 3, 6];
        Emphasis.Apply(EmphasisMode.Original, [new(z, [1, 2], 1)], width: 2);
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
        Emphasis.Apply(mode, [new(z, [1, 2], 1)], width: 2);
        Assert.Equal(expected, z);
    }

    [Fact]
    public void Weights_of_one_change_nothing()
    {
        float[] z = [0.1f, -0.7f, 0.3f];
        Emphasis.Apply(EmphasisMode.Original, [new(z, [1, 1, 1], 1)], width: 1);
        Assert.Equal([0.1f, -0.7f, 0.3f], z);
    }

    [Fact]
    public void Texts_of_one_prompt_keep_the_mean_together_each_as_often_as_it_comes()
    {
        float[] a = [1, 3], b = [2, 4];
        Emphasis.Apply(EmphasisMode.Original, [new(a, [2, 1], 3), new(b, [1, 1], 1)], width: 1);
        // Weighed: 2 3 three times and 2 4, in all 21; before 1 3 three times and 2 4, in all 18.
        TensorAssert.Close([2 * 18f / 21, 3 * 18f / 21], a, 1e-6f, "a");
        TensorAssert.Close([2 * 18f / 21, 4 * 18f / 21], b, 1e-6f, "b");
    }

    [Fact]
    public void Weights_of_zero_give_no_infinities()
    {
        float[] z = [1, 2];
        Emphasis.Apply(EmphasisMode.Original, [new(z, [0, 0], 1)], width: 1);
        Assert.Equal([0f, 0f], z);
    }
}
