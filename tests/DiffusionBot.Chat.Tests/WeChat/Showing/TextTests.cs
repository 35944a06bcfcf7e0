using System.Text;
using DiffusionBot.Chat.WeChat.Showing;

namespace DiffusionBot.Chat.Tests.WeChat.Showing;

public sealed class TextTests
{
    [Fact]
    public void A_text_that_fits_is_one_piece() => Assert.Equal(["你好"], WeChatText.Pieces("你好"));

    [Fact]
    public void Nothing_is_no_piece() => Assert.Empty(WeChatText.Pieces(""));

    [Fact]
    public void It_is_cut_where_it_pauses()
    {
        var paragraph = new string('字', 25);
        Assert.Equal([$"{paragraph}\n{paragraph}", paragraph], WeChatText.Split($"{paragraph}\n{paragraph}\n\n{paragraph}", 200));
        Assert.Equal([$"{paragraph}。", paragraph], WeChatText.Split($"{paragraph}。{paragraph}", 120));
        Assert.Equal(["one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen", "seventeen eighteen"],
            WeChatText.Split("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen", 100));
    }

    [Fact]
    public void A_link_is_not_cut()
    {
        var link = WeChatText.TapLink("again K7Q2M9", "再来");
        for (var before = 0; before < 120; before++)
        {
            var pieces = WeChatText.Split(new string('x', before) + link + new string('y', 30), 120);
            Assert.True(pieces.Count(piece => piece.Contains(link, StringComparison.Ordinal)) == 1, string.Join(" | ", pieces));
        }
    }

    [Fact]
    public void Random_texts_are_whole_again_when_joined_and_no_piece_is_too_large()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string[] letters = ["字", "a", " ", "\n", "\n\n", "。", ",", "\ud83c\udf4e", "e\u0301", "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67", "\ud800", WeChatText.TapLink("again K7Q2M9", "再来"), "<a ", "</a>"];
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(600)).Select(_ => letters[random.Next(letters.Length)]));
            var most = random.Next(100, 400);
            var pieces = WeChatText.Split(text, most);
            Assert.All(pieces, piece => Assert.True(piece.Length > 0 && Encoding.UTF8.GetByteCount(piece) <= most, $"seed {seed}, round {round}: {Encoding.UTF8.GetByteCount(piece)} bytes of {most}"));
            Assert.True(Bare(text) == Bare(string.Concat(pieces)), $"seed {seed}, round {round}");
        }

        static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
    }

    [Fact]
    public void A_letter_that_never_ends_breaks_nothing()
    {
        var pieces = WeChatText.Split("e" + new string('\u0301', 5000), 200);
        Assert.All(pieces, piece => Assert.True(WeChatText.Bytes(piece) <= 200));
        Assert.Equal(5001, pieces.Sum(piece => piece.Length));
    }

    [Theory]
    [InlineData("<a href=\"https://evil.example\">win</a>", "＜a href=\"https://evil.example\">win＜/a>")]
    [InlineData("<A\thref='x'>", "＜A\thref='x'>")]
    [InlineData("a <lora:cat:0.8> b", "a <lora:cat:0.8> b")]
    [InlineData("1 <a", "1 <a")]
    public void Words_are_no_links(string words, string plain) => Assert.Equal(plain, WeChatText.Plain(words));

    [Fact]
    public void A_label_cannot_break_out_of_its_link() =>
        Assert.Equal("<a href=\"https://a.example/%22%3E?x=1&y=2\">a＜/a＞b</a>", WeChatText.Link(new Uri("https://a.example/\">?x=1&y=2"), "a</a>b"));
}
