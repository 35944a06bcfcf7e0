using DiffusionBot.Chat.Discord.Showing;

namespace DiffusionBot.Chat.Tests.Discord.Showing;

public sealed class TextTests
{
    [Theory]
    [InlineData("a *b* _c_ ~~d~~ `e` ||f||", @"a \*b\* \_c\_ \~\~d\~\~ \`e\` \|\|f\|\|")]
    [InlineData("# not a heading\n> no quote\n- no list", "\\# not a heading\n\\> no quote\n\\- no list")]
    [InlineData("3-4 #5 6>7", "3-4 #5 6>7")]
    [InlineData("<@123> <#4> [x](http://y) <lora:a:1>", @"\<@123> \<#4> \[x](http://y) \<lora:a:1>")]
    [InlineData("红苹果，蓝色背景", "红苹果，蓝色背景")]
    public void Text_is_shown_as_it_is(string text, string expected) => Assert.Equal(expected, DiscordText.Plain(text));

    [Fact]
    public void A_block_cannot_be_left()
    {
        var block = DiscordText.Code("a ``` b ```` c");
        Assert.Equal(2, block.Split("```").Length - 1);
        Assert.StartsWith("```\n", block, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_texts_become_pieces_that_fit_and_lose_nothing()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 3000)).Select(_ => random.Next(30) switch { 0 => "\n", < 4 => " ", 4 => "😀", 5 => "*", _ => "字" }));
            var plain = DiscordText.Plain(text);
            var pieces = DiscordText.Pieces(plain);
            Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, DiscordText.Most));
            Assert.All(pieces, piece => Assert.False(char.IsHighSurrogate(piece[^1]) || char.IsLowSurrogate(piece[0])));
            Assert.All(pieces, piece => Assert.True(piece[^1] != '\\' || piece.EndsWith("\\\\", StringComparison.Ordinal)));
            Assert.Equal(Words(plain), Words(string.Join('\n', pieces)));
        }
    }

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("0123456789", 5, "0123…")]
    [InlineData("012😀456", 5, "012…")]
    [InlineData(@"012\*456", 5, "012…")]
    public void What_is_cut_says_so(string text, int most, string expected) => Assert.Equal(expected, DiscordText.Cut(text, most));

    private static string Words(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
