using DiffusionBot.Engine.Networks;

namespace DiffusionBot.Engine.Tests.Networks;

public sealed class NetworkTagTests
{
    [Theory]
    [InlineData("a <lora:x:0.8> b", "a  b", "lora x")]
    [InlineData("<lora:x:1><hypernet:y:0.5>a", "a", "lora x", "hypernet y")]
    [InlineData("[a:<lora:x:1>:0.5]", "[a::0.5]", "lora x")]
    [InlineData("<foo:x>a", "a", "foo x")]
    [InlineData("<lora:x y\nz:1>", "", "lora x y\nz")]
    [InlineData("<lora:新词:1>", "", "lora 新词")]
    [InlineData("<lora:a<b:1> c", " c", "lora a<b")]
    [InlineData("<<lora:x:1>>", "<>", "lora x")]
    [InlineData("a < b > c <3 <b> <:x> <lora:>", "a < b > c <3 <b> <:x> <lora:>")]
    [InlineData("<lora:x:1", "<lora:x:1")]
    [InlineData("", "")]
    public void Tags_go_and_words_stay(string prompt, string rest, params string[] tags)
    {
        var (text, found) = NetworkTag.Split(prompt);
        Assert.Equal(rest, text);
        Assert.Equal(tags, found.Select(t => $"{t.Kind} {t.Name}"));
    }

    [Theory]
    [InlineData("x", 1, 1, -1)]
    [InlineData("x:0.5", 0.5, 0.5, -1)]
    [InlineData("x:0.5:0.25", 0.5, 0.25, -1)]
    [InlineData("x:0.5:0.25:8", 0.5, 0.25, 8)]
    [InlineData("x:te=0.5", 0.5, 0.5, -1)]
    [InlineData("x:unet=0.5", 1, 0.5, -1)]
    [InlineData("x:0.3:unet=0.9:dyn=4", 0.3, 0.9, 4)]
    [InlineData("x:0.3:0.4:te=0.1", 0.1, 0.4, -1)]
    [InlineData("x:-1e-1", -0.1, -0.1, -1)]
    public void Weights_are_read_by_place_and_by_name(string arguments, double te, double unet, double dyn)
    {
        var tag = Assert.Single(NetworkTag.Split($"<lora:{arguments}>").Tags);
        var (foundTe, foundDyn) = (1.0, -1.0);
        Assert.True(tag.TryNumber("te", 1, ref foundTe));
        var foundUnet = foundTe;
        Assert.True(tag.TryNumber("unet", 2, ref foundUnet));
        Assert.True(tag.TryNumber("dyn", 3, ref foundDyn));
        Assert.Equal((te, unet, dyn), (foundTe, foundUnet, foundDyn));
    }

    [Theory]
    [InlineData("x:much")]
    [InlineData("x:")]
    [InlineData("x:NaN")]
    [InlineData("x:1e30")]
    [InlineData("x:te=")]
    public void What_is_no_weight_is_told(string arguments)
    {
        var number = 1.0;
        Assert.False(NetworkTag.Split($"<lora:{arguments}>").Tags[0].TryNumber("te", 1, ref number));
    }

    [Fact]
    public void Twenty_thousand_brackets_take_no_time()
    {
        var prompt = string.Concat(Enumerable.Repeat("<a:", 6000)) + new string('<', 2000);
        Assert.Equal(prompt, NetworkTag.Split(prompt).Prompt);
    }
}
