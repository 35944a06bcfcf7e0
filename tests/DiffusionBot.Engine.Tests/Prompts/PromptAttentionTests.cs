using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Prompts;

public sealed class PromptAttentionTests
{
    public static TheoryData<string, string[], double[]> References { get; } =
        [.. TestData.Json("text/attention.json").EnumerateArray().Select(c => new TheoryDataRow<string, string[], double[]>(
            c.GetProperty("prompt").GetString()!,
            [.. c.GetProperty("parts").EnumerateArray().Select(p => p[0].GetString()!)],
            [.. c.GetProperty("parts").EnumerateArray().Select(p => p[1].GetDouble())]))];

    [Theory]
    [MemberData(nameof(References))]
    public void Gives_the_reference_parts(string prompt, string[] texts, double[] weights)
    {
        var parts = PromptAttention.Parse(prompt);
        Assert.Equal(texts, parts.Select(p => p.Text));
        for (var i = 0; i < weights.Length; i++) Assert.Equal(weights[i], parts[i].Weight, 1e-6);
    }

    [Fact]
    public void The_reference_was_read_whole() => Assert.Equal(214, References.Count);

    [Theory]
    [InlineData("(a:1.2.3)", "a:1.2.3")]   // WebUI itself fails here
    [InlineData("(a:...)", "a:...")]
    public void What_is_no_number_is_text(string prompt, string text) => Assert.Equal([(text, 1.1)], PromptAttention.Parse(prompt));
}
