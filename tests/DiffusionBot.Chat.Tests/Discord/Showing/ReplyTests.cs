using DiffusionBot.Chat.Discord;
using DiffusionBot.Chat.Discord.Showing;
using DiffusionBot.Chat.Tests.WeChat.Talking;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Tests.Discord.Showing;

public sealed class ReplyTests
{
    private const int Usual = 10 << 20;

    private static DiscordReplies Replies(DiscordOptions? options = null) => new(new StubConverter(), Options.Create(options ?? new DiscordOptions()));

    [Fact]
    public void A_picture_beyond_the_limit_goes_as_a_jpeg()
    {
        var part = Assert.Single(Replies().PartsOf(Pictures(1, 200_000), 0, 100_000));
        var file = Assert.Single(part.Files);
        Assert.Equal(("K7Q2M9-1.jpg", "image/jpeg"), (file.Name, file.ContentType));
        Assert.Equal("K7Q2M9-1.png", Assert.Single(Replies().PartsOf(Pictures(1, 200_000), 0, Usual)[0].Files).Name);
    }

    [Fact]
    public void More_pictures_than_a_message_takes_follow_in_more_of_them()
    {
        var parts = Replies().PartsOf(Pictures(20, 100), 0, Usual);
        Assert.Equal([10, 9, 2], parts.Select(part => part.Files.Count));
        Assert.Equal("K7Q2M9-grid.png", parts[0].Files[^1].Name);
        Assert.NotEmpty(parts[0].Buttons);
        Assert.All(parts.Skip(1), part => Assert.Empty(part.Buttons));
        // No request is larger than Discord takes.
        var large = Pictures(6, 8 << 20);
        large = large with { Pictures = [.. large.Pictures.Select((picture, n) => picture with { Width = 64 + n })] };   // no grid of these
        Assert.All(Replies().PartsOf(large, 0, Usual), part => Assert.InRange(part.Files.Sum(file => (long)file.Bytes.Length), 1, 25 << 20));
    }

    [Fact]
    public void A_server_that_wants_pictures_covered_has_no_grid_either()
    {
        var options = new DiscordOptions();
        options.Servers["default"] = new DiscordServerOptions { Spoilers = true };
        options.Servers["123456789012345678"] = new DiscordServerOptions();
        var covered = Replies(options).PartsOf(Pictures(2, 100), 5, Usual)[0];
        Assert.All(covered.Files, file => Assert.StartsWith("SPOILER_", file.SentName, StringComparison.Ordinal));
        Assert.Null(covered.Embed!["image"]);
        Assert.NotNull(Replies(options).PartsOf(Pictures(2, 100), 123456789012345678, Usual)[0].Embed!["image"]);
        Assert.NotNull(Replies(options).PartsOf(Pictures(2, 100), 0, Usual)[0].Embed!["image"]);
    }

    [Fact]
    public void A_long_parameter_text_is_a_file_and_a_short_one_a_block()
    {
        var shown = Assert.Single(Replies().PartsOf(new ChatReply { Text = "K7Q2M9", Infotext = "a cat\nSteps: 1", Reference = "K7Q2M9" }, 0, Usual));
        Assert.Equal("K7Q2M9\n```\na cat\nSteps: 1\n```", shown.Content);
        var file = Assert.Single(Assert.Single(Replies().PartsOf(new ChatReply { Text = "K7Q2M9", Infotext = new string('x', 5000), Reference = "K7Q2M9" }, 0, Usual)).Files);
        Assert.Equal(("K7Q2M9.txt", 5000), (file.Name, file.Bytes.Length));
    }

    [Fact]
    public void Nobody_is_called_and_an_embed_is_no_larger_than_it_may_be()
    {
        var reply = Pictures(1, 100) with { Facts = [.. Enumerable.Range(0, 30).Select(n => new ReplyFact(new string('n', 300), new string('*', 2000)))], Text = $"first line\n{new string('*', 5000)} @everyone" };
        var body = Assert.Single(Replies().PartsOf(reply with { Pictures = [reply.Pictures[0] with { Description = new string('*', 5000) }] }, 0, Usual)).ToBody();
        Assert.Empty(body["allowed_mentions"]!["parse"]!.AsArray());
        Assert.InRange(((string)body["content"]!).Length, 1, 2000);
        Assert.DoesNotContain("first line", (string)body["content"]!, StringComparison.Ordinal);
        var embed = body["embeds"]![0]!;
        var length = ((string)embed["description"]!).Length + ((string)embed["footer"]!["text"]!).Length + embed["fields"]!.AsArray().Sum(field => ((string)field!["name"]!).Length + ((string)field["value"]!).Length);
        Assert.InRange(length, 1, 6000);
    }

    private static ChatReply Pictures(int count, int bytes)
    {
        var file = new byte[bytes];
        return Pictures(count, file);
    }

    private static ChatReply Pictures(int count, byte[] file) => new()
    {
        Text = "K7Q2M9 · 64x64",
        Language = "en",
        Reference = "K7Q2M9",
        Facts = [new ReplyFact("seed", "7")],
        Pictures = [.. Enumerable.Range(1, count).Select(n => new ReplyPicture($"K7Q2M9-{n}.png", file, "a cat") { Width = 64, Height = 64 })],
        Choices = [new ChatChoice("Again", "again K7Q2M9")],
    };
}
