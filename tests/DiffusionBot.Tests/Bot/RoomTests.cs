using DiffusionBot.Bot.Rooms;
using DiffusionBot.Chat;
using DiffusionBot.Generation.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Bot;

/// <summary>What moderators choose for their room, and what it changes there and nowhere else.</summary>
public sealed class RoomTests(TestBot bot) : IClassFixture<TestBot>
{
    private static int lastRoom;

    private readonly string room = $"test:7{Interlocked.Increment(ref lastRoom)}";

    private Func<ChatMessage, ChatMessage> Here => message => message with { Room = room, Address = AddressOf(message.Author.Id) };

    private Func<ChatMessage, ChatMessage> AsModerator => message => Here(message) with { Author = message.Author with { IsModerator = true } };

    private ChatAddress AddressOf(string user) => new($"{room}/{user}");

    private async Task<string> ModerateAsync(TestBot.Person moderator, string said)
    {
        var answer = await moderator.SayAsync(AsModerator, $"/moderate {said}");
        Assert.True(answer.IsEphemeral, answer.Text);
        Assert.False(answer.IsPromise, answer.Text);
        return answer.Text;
    }

    private async Task<ChatReply> DrawAsync(TestBot.Person user, string said)
    {
        var answer = await user.SayAsync(Here, said);
        Assert.True(answer.IsPromise, answer.Text);
        return (await bot.HearAsync(AddressOf(user.Id).Value)).Reply;
    }

    [Fact]
    public async Task Only_moderators_of_a_room_moderate_it()
    {
        var user = bot.Somebody("en");
        var refused = await user.SayAsync(Here, "/moderate pause");
        Assert.Equal(("Only moderators of this server can do that.", true), (refused.Text, refused.IsEphemeral));
        var outside = await user.SayAsync(message => message with { Author = message.Author with { IsModerator = true } }, "/moderate pause");
        Assert.Equal(("That works only on a server: it is about what holds there.", true), (outside.Text, outside.IsEphemeral));
        Assert.Contains("/moderate pause", await ModerateAsync(user, "dance"), StringComparison.Ordinal);
        Assert.Contains("Drawing: on", await ModerateAsync(user, ""), StringComparison.Ordinal);
        Assert.Contains("画图：正常", (await bot.Somebody().SayAsync(AsModerator, "/管理")).Text, StringComparison.Ordinal);
        // Without a slash it is something to draw.
        Assert.StartsWith("moderate pause\n", (await DrawAsync(user, "moderate pause")).Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_room_takes_nothing_new_and_loses_nothing()
    {
        var (moderator, user) = (bot.Somebody("en"), bot.Somebody("en"));
        var queue = bot.Services.GetRequiredService<RequestQueue>();
        await queue.SetPausedAsync(true, TestContext.Current.CancellationToken);
        var waits = await user.SayAsync(Here, "a cat");
        Assert.StartsWith("Paused", await ModerateAsync(moderator, "pause"), StringComparison.Ordinal);
        foreach (var said in new[] { "a dog", $"again {waits.Reference}", "/preset hello-new-world" })
        {
            var refused = await user.SayAsync(Here, said);
            Assert.Equal((true, false), (refused.IsEphemeral, refused.IsPromise));
            Assert.StartsWith("The moderators are taking a break", refused.Text, StringComparison.Ordinal);
        }
        await queue.SetPausedAsync(false, TestContext.Current.CancellationToken);
        Assert.Equal(waits.Reference, (await bot.HearAsync(AddressOf(user.Id).Value)).Reply.Reference);
        await user.DrawAsync("elsewhere it is drawn");
        Assert.Contains("Drawing: paused", await ModerateAsync(moderator, ""), StringComparison.Ordinal);
        Assert.Equal("Drawing goes on here.", await ModerateAsync(moderator, "resume"));
        await DrawAsync(user, "a dog");
    }

    [Theory]
    [InlineData("test:{0}")]
    [InlineData("<@{0}>")]
    [InlineData("<@!{0}>")]
    public async Task Who_is_blocked_in_a_room_may_draw_elsewhere_and_again_when_they_are_not(string form)
    {
        var (moderator, user) = (bot.Somebody("en"), bot.Somebody("en"));
        var mention = string.Format(null, form, user.Id["test:".Length..]);
        Assert.Equal($"{user.Id} is blocked on this server.", await ModerateAsync(moderator, $"block {mention}"));
        var refused = await user.SayAsync(Here, "a cat");
        Assert.Equal((true, false), (refused.IsEphemeral, refused.IsPromise));
        Assert.StartsWith("A moderator has blocked you here", refused.Text, StringComparison.Ordinal);
        await user.DrawAsync("a cat");
        await DrawAsync(moderator, "a cat");
        Assert.Contains($"Blocked: {user.Id}\n", await ModerateAsync(moderator, ""), StringComparison.Ordinal);
        // One who is a moderator, too, can still undo it.
        Assert.Equal($"{user.Id} may draw here again.", await ModerateAsync(user, $"unblock {mention}"));
        Assert.Equal($"{user.Id} was not blocked here.", await ModerateAsync(moderator, $"unblock {mention}"));
        await DrawAsync(user, "a cat");
    }

    [Theory]
    [InlineData("")]
    [InlineData("123")]
    [InlineData("web:123")]
    [InlineData("test:")]
    [InlineData("test:1 2")]
    [InlineData("<@>")]
    [InlineData("<@<@1>>")]
    public async Task Nobody_is_blocked_who_cannot_be_told(string whom)
    {
        var moderator = bot.Somebody("en");
        Assert.StartsWith("Whom?", await ModerateAsync(moderator, $"block {whom}"), StringComparison.Ordinal);
        Assert.Contains("Blocked: nobody", await ModerateAsync(moderator, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_at_once_are_all_kept_up_to_a_thousand()
    {
        var moderator = bot.Somebody("en");
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => ModerateAsync(moderator, $"block test:{i}")));
        Assert.Contains("and 10 more", await ModerateAsync(moderator, ""), StringComparison.Ordinal);
        var rooms = bot.Services.GetRequiredService<RoomDirectory>();
        await rooms.ChangeAsync(room, settings => settings with { Blocked = [.. Enumerable.Range(0, 1000).Select(i => $"test:{i}")] }, TestContext.Current.CancellationToken);
        Assert.StartsWith("1000 people are blocked here", await ModerateAsync(moderator, "block test:more"), StringComparison.Ordinal);
        Assert.Equal(1000, (await rooms.OfAsync(room, TestContext.Current.CancellationToken)).Blocked.Count);
    }

    [Fact]
    public async Task A_rooms_language_goes_before_the_platforms_and_after_the_users_own()
    {
        var (moderator, user) = (bot.Somebody("en"), bot.Somebody("en"));
        Assert.StartsWith("以后我在这里说中文", await ModerateAsync(moderator, "language zh"), StringComparison.Ordinal);
        Assert.Contains("你没有", (await user.SayAsync(Here, "queue")).Text, StringComparison.Ordinal);
        Assert.Contains("You have nothing", (await user.SayAsync("queue")).Text, StringComparison.Ordinal);
        await user.SayAsync("settings --lang en");
        Assert.Contains("You have nothing", (await user.SayAsync(Here, "queue")).Text, StringComparison.Ordinal);
        Assert.Contains("要哪种语言", await ModerateAsync(moderator, "language fr"), StringComparison.Ordinal);
        Assert.Contains("语言：中文", await ModerateAsync(moderator, ""), StringComparison.Ordinal);
        await ModerateAsync(moderator, "language auto");
        Assert.Contains("Language: as each one's app says", await ModerateAsync(moderator, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rooms_defaults_go_before_the_places_and_after_the_users_own()
    {
        var (moderator, user) = (bot.Somebody("en"), bot.Somebody("en"));
        Assert.Equal("Kept. Requests here begin with: --steps 2 --cfg 5", await ModerateAsync(moderator, "defaults --steps 2 cfg 5"));
        var infotext = (await DrawAsync(user, "a cat")).InfotextOf();
        Assert.Equal(("2", "5", "64x64"), (infotext.Value("Steps"), infotext.Value("CFG scale"), infotext.Value("Size")));
        Assert.Equal("1", (await user.DrawAsync("a cat")).InfotextOf().Value("Steps"));
        await user.SayAsync("settings --steps 3");
        Assert.Equal("3", (await DrawAsync(user, "a cat")).InfotextOf().Value("Steps"));
        Assert.Equal("Kept. Requests here begin with: --cfg 5\nThere is no setting “stesp”; the nearest is “steps”.", (await ModerateAsync(moderator, "defaults steps default, stesp 4")).Split("\nThere is no setting “4”")[0]);
        Assert.StartsWith("What should requests here begin with?", await ModerateAsync(moderator, "defaults"), StringComparison.Ordinal);
        Assert.Equal("Kept. Requests here begin with: nothing of their own", await ModerateAsync(moderator, "defaults reset"));
    }

    [Fact]
    public async Task A_moderator_takes_away_what_was_drawn_in_their_room_alone()
    {
        var (moderator, user) = (bot.Somebody("en"), bot.Somebody("en"));
        var (here, elsewhere) = (await DrawAsync(user, "a cat"), await user.DrawAsync("a dog"));
        Assert.Contains("I know no picture", (await moderator.SayAsync(AsModerator, $"delete {elsewhere.Reference}")).Text, StringComparison.Ordinal);
        // A room's name may begin with another's.
        var next = await moderator.SayAsync(message => AsModerator(message) with { Room = room[..^1] }, $"delete {here.Reference}");
        Assert.Contains("I know no picture", next.Text, StringComparison.Ordinal);
        Assert.Contains("I know no picture", (await moderator.SayAsync(Here, $"delete {here.Reference}")).Text, StringComparison.Ordinal);
        Assert.True((await moderator.SayAsync(AsModerator, $"delete {here.Reference}")).IsGone);
    }
}
