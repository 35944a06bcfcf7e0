using System.Text.Json;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Engine.Tests.Infotext;

public sealed class StrictInfotextReaderTests
{
    private static readonly JsonElement cases = TestData.Json("text/infotext.json");

    public static TheoryData<int, string> References { get; } =
        [.. cases.EnumerateArray().Select((c, i) => new TheoryDataRow<int, string>(i, c.GetProperty("text").GetString()!))];

    [Theory]
    [MemberData(nameof(References))]
    public void Gives_the_fields_of_the_reference(int number, string text)
    {
        var expected = cases[number].GetProperty("values").EnumerateObject().ToDictionary(v => v.Name, v => v.Value.ValueKind switch
        {
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            _ => v.Value.ToString(),
        });
        var actual = WebUiFields.Of(StrictInfotextReader.Read(text));
        Assert.Equal(expected.OrderBy(v => v.Key, StringComparer.Ordinal), actual.OrderBy(v => v.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_reference_was_read_whole() => Assert.Equal(64, References.Count);

    [Fact]
    public void Only_what_the_text_names_is_among_the_parameters()
    {
        var values = StrictInfotextReader.Read("a cat\nSteps: 20, Sampler: Euler a, Seed: 1");
        Assert.Equal(["Steps", "Sampler", "Seed"], values.Parameters.Keys);
    }

    [Fact]
    public void A_long_line_takes_no_longer_than_its_length()
    {
        var words = string.Concat(Enumerable.Repeat("word ", 400_000));
        var values = StrictInfotextReader.Read(words);
        Assert.Equal(words.Trim(), values.Prompt);
        var quotes = string.Concat(Enumerable.Repeat("kk: \"x,", 200_000));
        Assert.Single(StrictInfotextReader.Read(quotes).Parameters);
    }
}
