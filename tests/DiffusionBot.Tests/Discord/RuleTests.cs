using DiffusionBot.FakeDiscord;

namespace DiffusionBot.Tests.Discord;

/// <summary>What operators and moderators lay down: channels, roles, defaults, language, who is blocked.</summary>
public sealed class RuleTests : IAsyncLifetime
{
    private const ulong Painters = 111_111_111_111_111_111, Keepers = 222_222_222_222_222_222;

    private readonly DiscordStage stage = new()
    {
        With =
        [
            "Limits:MaxEdge=128", "Limits:PendingPerUser=1", $"Discord:Servers:default:Roles:{Painters}:MaxEdge=256", $"Discord:Servers:default:Roles:{Painters}:PendingPerUser=3",
            $"Discord:Servers:default:ModeratorRoles:0={Keepers}", "Moderation:Places:discord:SpoilerWords:0=blood",
        ],
    };

    public ValueTask InitializeAsync() => stage.InitializeAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task A_role_may_draw_larger_than_everybody()
    {
        var (user, painter) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        painter.User.Roles.Add(Painters);
        var refused = await user.RunsAsync("imagine", ("prompt", "a cat"), ("size", "256x256"));
        Assert.Contains("the longer edge may have 128", (await user.HearsAsync(m => m.Interaction == refused)).Content, StringComparison.Ordinal);
        Assert.Equal("256x256", DiscordStage.Fields(await painter.DrawsAsync("a cat", ("size", "256x256")))["size"]);
        var tooLarge = await painter.RunsAsync("imagine", ("prompt", "a cat"), ("size", "320x256"));
        Assert.Contains("the longer edge may have 256", (await painter.HearsAsync(m => m.Interaction == tooLarge)).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moderator_pauses_blocks_and_sets_what_goes_for_the_server_and_nobody_else_does()
    {
        var (user, keeper) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        Assert.Contains("moderator", (await user.SeesAsync(await user.RunsAsync("moderate pause"), m => !m.IsLoading)).Content, StringComparison.OrdinalIgnoreCase);
        Assert.True(DiscordStage.IsResult(await user.DrawsAsync("a cat")));

        keeper.User.Roles.Add(Keepers);
        await SaysAsync(keeper, "moderate pause");
        var paused = await user.RunsAsync("imagine", ("prompt", "a cat"));
        Assert.Contains("taking a break", (await user.HearsAsync(m => m.Interaction == paused)).Content, StringComparison.Ordinal);
        await SaysAsync(keeper, "moderate resume");

        await SaysAsync(keeper, "moderate block", ("user", (object)user.User.Id));
        var blocked = await user.RunsAsync("imagine", ("prompt", "a cat"));
        Assert.Contains("blocked", (await user.HearsAsync(m => m.Interaction == blocked)).Content, StringComparison.Ordinal);
        await SaysAsync(keeper, "moderate unblock", ("user", (object)user.User.Id));

        await SaysAsync(keeper, "moderate defaults", ("flags", "--size 96x64 --seed 77"));
        await SaysAsync(keeper, "moderate language", ("language", "zh"));
        var fields = DiscordStage.Fields(await user.DrawsAsync("a cat"));
        Assert.Equal("96x64", fields["尺寸"]);

        // Of another server nothing of this holds.
        var elsewhere = stage.Discord.AddGuild("elsewhere").AddChannel("pictures");
        var there = await user.User.RunsAsync(elsewhere, "imagine", ("prompt", "a cat"));
        using var patience = DiscordStage.Patience();
        await elsewhere.Shown.NextAsync(shown => shown.Message.Interaction == there && DiscordStage.IsResult(shown.Message), patience.Token);
        Assert.Equal("64x64", DiscordStage.Fields(there.Original!)["size"]);
    }

    [Fact]
    public async Task A_moderator_removes_what_others_drew_there()
    {
        var (user, keeper) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        keeper.User.Permissions = $"{1UL << 13}";
        var message = await user.DrawsAsync("a cat");
        var done = await keeper.SeesAsync(await keeper.PressesAsync(message, "delete"), m => !m.IsLoading);
        Assert.Contains("is deleted", done.Content, StringComparison.Ordinal);
        using var patience = DiscordStage.Patience();
        if (!message.IsDeleted) await stage.Channel.Shown.NextAsync(shown => shown.Message == message && shown.How == ShownAs.Deleted, patience.Token);
    }

    [Fact]
    public async Task What_the_policy_wants_covered_is_covered()
    {
        var user = stage.NewUser("en-US");
        var message = await user.DrawsAsync("blood on the snow");
        Assert.StartsWith("SPOILER_", Assert.Single(message.Files).Name, StringComparison.Ordinal);
        Assert.Equal("||blood on the snow||", (string?)message.Embeds[0]!["description"]);
        Assert.DoesNotContain("SPOILER", (await user.DrawsAsync("snow")).Files[0].Name, StringComparison.Ordinal);
    }

    private static async Task SaysAsync(DiscordStage.Member keeper, string command, params (string, object)[] options)
    {
        var said = await keeper.SeesAsync(await keeper.RunsAsync(command, options), m => !m.IsLoading);
        Assert.True(said.IsEphemeral);
    }
}

/// <summary>A bot that draws in one channel and in no direct messages.</summary>
public sealed class PlaceRuleTests : IAsyncLifetime
{
    private readonly DiscordStage stage;

    public PlaceRuleTests() => stage = new DiscordStage { WithOn = discord => ["Discord:DirectMessages=false", "Discord:Servers:default:Channels:0=" + discord.Guilds[0].Channels[0].Id] };

    public ValueTask InitializeAsync() => stage.InitializeAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task It_sends_who_asks_elsewhere_to_where_it_draws()
    {
        var user = stage.NewUser();
        Assert.True(DiscordStage.IsResult(await user.DrawsAsync("一只猫")));
        var other = stage.Server.AddChannel("talk");
        var refused = await user.User.RunsAsync(other, "imagine", ("prompt", "一只猫"));
        await refused.AnswerAsync(TestContext.Current.CancellationToken);
        Assert.True(refused.Original!.IsEphemeral);
        Assert.Contains($"<#{stage.Channel.Id}>", refused.Original.Content, StringComparison.Ordinal);
        var alone = await user.User.RunsAsync(user.User.Direct, "help");
        await alone.AnswerAsync(TestContext.Current.CancellationToken);
        Assert.Contains("不在私信里", alone.Original!.Content, StringComparison.Ordinal);
        var said = user.User.Says(other, $"{stage.Discord.Bot.Mention} 一只猫");
        using var patience = DiscordStage.Patience();
        Assert.Contains($"<#{stage.Channel.Id}>", (await other.Shown.NextAsync(shown => shown.Message.RepliesTo == said, patience.Token)).Content, StringComparison.Ordinal);
        Assert.Empty(stage.Discord.Violations.All);
    }
}
