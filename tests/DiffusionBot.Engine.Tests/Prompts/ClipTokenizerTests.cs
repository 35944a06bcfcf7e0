using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Prompts;

public sealed class ClipTokenizerTests
{
    public static TheoryData<string, int[]> References { get; } =
        [.. TestData.Json("text/tokens.json").EnumerateArray().Select(c => new TheoryDataRow<string, int[]>(
            c.GetProperty("text").GetString()!, [.. c.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())]))];

    [Theory]
    [MemberData(nameof(References))]
    public void Gives_the_reference_tokens(string text, int[] ids)
    {
        Assert.Equal(ids, ClipTokenizer.Shared.Encode(text));
        Assert.Equal(ids, ClipTokenizer.Shared.Encode(text));   // and again out of the cache
    }

    [Fact]
    public void The_reference_was_read_whole() => Assert.Equal(182, References.Count);

    [Theory]
    [InlineData("cafe\u0301", "caf\u00e9")]
    [InlineData("e\u0323\u0302", "\u1ec7")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")]
    [InlineData("\uff76\uff9e", "\u30ac")]
    public void A_letter_and_its_mark_are_one_letter(string apart, string together) =>
        Assert.Equal(ClipTokenizer.Shared.Encode(together), ClipTokenizer.Shared.Encode(apart));

    [Theory]
    [InlineData("&amp;amp;", "&")]
    [InlineData("&EACUTE;t&eacute;", "été")]
    [InlineData("&#233;", "é")]
    [InlineData("\u0093quoted\u0094", "\"quoted\"")]
    [InlineData("a\u0000b\ufeffc", "abc")]
    [InlineData("ΟΔΟΣ", "οδος")]
    public void Text_is_repaired_before_it_is_split(string found, string meant) =>
        Assert.Equal(ClipTokenizer.Shared.Encode(meant), ClipTokenizer.Shared.Encode(found));

    [Fact]
    public void Entities_stay_where_the_text_holds_markup() =>
        Assert.Equal(ClipTokenizer.Shared.Encode("<b> & amp ;"), ClipTokenizer.Shared.Encode("<b> &amp;"));

    [Fact]
    public void A_lone_surrogate_is_the_replacement_character() =>
        Assert.Equal(ClipTokenizer.Shared.Encode("a\ufffdb"), ClipTokenizer.Shared.Encode("a\ud83db"));

    [Fact]
    public void A_word_of_a_hundred_thousand_letters_is_merged_like_a_short_one()
    {
        var token = Assert.Single(ClipTokenizer.Shared.Encode("aaaaaaaa aaaaaaaa").Take(1));
        var tokens = ClipTokenizer.Shared.Encode(new string('a', 100_000));
        Assert.All(tokens.Take(tokens.Count - 2), t => Assert.Equal(tokens[0], t));
        Assert.NotEqual(token, tokens[0]);   // in the middle of a word, not at its end
        Assert.InRange(tokens.Count, 12_500, 12_501);
    }

    [Fact]
    public void Any_text_gives_tokens_of_the_vocabulary()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 2000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 0x180 : 0x10000))]);
            Assert.True(ClipTokenizer.Shared.Encode(text).All(t => t is >= 0 and <= ClipTokenizer.EndToken), $"seed {seed}, text {i}");
        }
    }
}
