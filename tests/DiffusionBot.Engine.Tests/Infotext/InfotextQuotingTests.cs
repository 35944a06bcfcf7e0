using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Engine.Tests.Infotext;

public sealed class InfotextQuotingTests
{
    public static TheoryData<string, string, string> References { get; } =
        [.. TestData.Json("text/quote.json").EnumerateArray().Select(c => new TheoryDataRow<string, string, string>(
            c.GetProperty("value").GetString()!, c.GetProperty("quoted").GetString()!, c.GetProperty("unquoted").GetString()!))];

    [Theory]
    [MemberData(nameof(References))]
    public void Quotes_and_unquotes_as_the_reference(string value, string quoted, string unquoted)
    {
        Assert.Equal(quoted, InfotextQuoting.Quote(value));
        Assert.Equal(unquoted, InfotextQuoting.Unquote(quoted));
    }

    [Fact]
    public void The_reference_was_read_whole() => Assert.Equal(17, References.Count);

    [Theory]
    [InlineData("\"")]
    [InlineData("\"a\" \"b\"")]
    [InlineData("\"a\\x\"")]
    [InlineData("\"\\ud83d\"")]
    [InlineData("\"tab\tinside\"")]
    public void What_is_no_json_string_stays(string text) => Assert.Equal(text, InfotextQuoting.Unquote(text));
}
