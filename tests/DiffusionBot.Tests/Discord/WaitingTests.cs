using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.FakeDiscord;
using DiffusionBot.Generation;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Imaging;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Discord;

/// <summary>What somebody sees between the command and the picture, however long that is.</summary>
public sealed class WaitingTests : IAsyncLifetime
{
    private readonly SteppedEngine engine = new();
    private readonly ShiftedClock clock = new();
    private readonly DiscordStage stage;

    public WaitingTests() => stage = new DiscordStage
    {
        Options = new FakeDiscordOptions { InteractionPatience = TimeSpan.FromSeconds(30), MaxConcurrency = 16, Clock = clock },
        More = services => services.AddSingleton<IDrawingEngine>(engine).AddSingleton<TimeProvider>(clock),
    };

    public async ValueTask InitializeAsync()
    {
        await stage.InitializeAsync();
        engine.Engine = stage.Bot.Services.GetRequiredService<ImageEngine>();
    }

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task A_promise_tells_its_place_then_its_steps_with_a_preview_and_becomes_the_picture()
    {
        var (first, second) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        var drawn = await first.RunsAsync("imagine", ("prompt", "a red apple --stpes 4"));
        engine.Reaches(1, 10, hasPreview: false);
        await first.SeesAsync(drawn, m => m.Content.Contains("step 1 of 10", StringComparison.Ordinal));
        var waiting = await second.RunsAsync("imagine", ("prompt", "a green apple"));
        await second.SeesAsync(waiting, m => m.Content.Contains("next", StringComparison.Ordinal));
        Assert.Single(waiting.Original!.CustomIds, id => id.StartsWith("1:cancel", StringComparison.Ordinal));

        engine.Reaches(3, 10, hasPreview: false);
        engine.Reaches(4, 10);
        var shown = await first.SeesAsync(drawn, m => m.Content.Contains("step 4 of 10", StringComparison.Ordinal));
        Assert.Equal("preview.png", Assert.Single(shown.Files).Name);
        Assert.Equal(256, PictureReader.Decode(shown.Files[0].Bytes).Bitmap.Width);
        // What was not understood stays there, and so does the button.
        Assert.Contains("stpes", shown.Content, StringComparison.Ordinal);
        Assert.Single(shown.CustomIds, id => id.StartsWith("1:cancel", StringComparison.Ordinal));
        engine.Finishes();
        var result = await first.SeesResultAsync(drawn);
        Assert.Equal("image/png", Assert.Single(result.Files).ContentType);
        Assert.Contains("stpes", result.Content, StringComparison.Ordinal);

        engine.Reaches(1, 10);
        await second.SeesAsync(waiting, m => m.Content.Contains("step 1 of 10", StringComparison.Ordinal));
        engine.Finishes();
        await second.SeesResultAsync(waiting);
        AssertPaced(stage.Discord, drawn);
        AssertPaced(stage.Discord, waiting);
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task Cancel_ends_it_for_its_owner_and_for_nobody_else()
    {
        var (user, other) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        var drawn = await user.RunsAsync("imagine", ("prompt", "a red apple"));
        engine.Reaches(2, 10);
        var promise = await user.SeesAsync(drawn, m => m.Content.Contains("step 2 of 10", StringComparison.Ordinal));
        var refused = await other.SeesAsync(await other.PressesAsync(promise, "cancel"), m => !m.IsLoading);
        Assert.True(refused.IsEphemeral);
        Assert.Contains("is not yours", refused.Content, StringComparison.Ordinal);
        var done = await user.SeesAsync(await user.PressesAsync(promise, "cancel"), m => !m.IsLoading);
        Assert.Contains("is cancelled", done.Content, StringComparison.Ordinal);
        await user.SeesAsync(drawn, m => m.Content.Contains("cancelled", StringComparison.Ordinal));
        Assert.Empty(promise.CustomIds);
        Assert.Empty(promise.Files);
    }

    [Fact]
    public async Task A_result_that_comes_after_fifteen_minutes_calls_who_asked_in_the_channel()
    {
        var user = stage.NewUser();
        var drawn = await user.RunsAsync("imagine", ("prompt", "a red apple"));
        await user.SeesAsync(drawn, m => m.Content.Length > 0);
        clock.Shift(TimeSpan.FromMinutes(16));
        engine.Finishes();
        using var patience = DiscordStage.Patience();
        var message = (await stage.Channel.Shown.NextAsync(shown => DiscordStage.IsResult(shown.Message), patience.Token)).Message;
        Assert.NotEqual(drawn.Original, message);
        Assert.Null(message.Interaction);
        Assert.Equal([user.User.Id], message.Mentions);
        Assert.StartsWith($"{user.User.Mention} 你的图画好了", message.Content, StringComparison.Ordinal);
        if (!drawn.Original!.IsDeleted) await stage.Channel.Shown.NextAsync(shown => shown.Message == drawn.Original && shown.How == ShownAs.Deleted, patience.Token);
        // Its buttons are as good as any.
        var again = await user.PressesAsync(message, "again");
        engine.Finishes();
        await user.SeesResultAsync(again);
        Assert.DoesNotContain(stage.Discord.Calls.All, call => call.Status == 401);
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task Where_the_bot_may_not_write_the_late_result_goes_to_who_asked_alone_and_else_waits_for_them()
    {
        var user = stage.NewUser();
        var drawn = await user.RunsAsync("imagine", ("prompt", "a red apple"));
        await user.SeesAsync(drawn, m => m.Content.Length > 0);
        clock.Shift(TimeSpan.FromMinutes(16));
        stage.Channel.MayWrite = false;
        engine.Finishes();
        using var patience = DiscordStage.Patience();
        await user.User.Direct.Shown.NextAsync(shown => DiscordStage.IsResult(shown.Message), patience.Token);

        user.User.TakesDirect = false;
        stage.Channel.MayWrite = true;
        var second = await user.RunsAsync("imagine", ("prompt", "a green apple"));
        await user.SeesAsync(second, m => m.Content.Length > 0);
        clock.Shift(TimeSpan.FromMinutes(16));
        stage.Channel.MayWrite = false;
        engine.Finishes();
        await stage.Discord.Calls.NextAsync(call => call.Route == "POST /channels/{channel}/messages" && call.Path.Contains($"{user.User.Direct.Id}", StringComparison.Ordinal) && call.Status == 403, patience.Token);
        // As soon as they say anything again.
        var code = second.Original!.CustomIds.Single(id => id.StartsWith("1:cancel ", StringComparison.Ordinal))["1:cancel ".Length..];
        await stage.Bot.Services.GetRequiredService<IWaitingReplies>().UntilAnyAsync($"discord:{user.User.Id}", code, patience.Token);
        var other = stage.Server.AddChannel("other");
        await user.User.RunsAsync(other, "queue");
        var late = (await user.User.Shown.NextAsync(shown => DiscordStage.IsResult(shown.Message), patience.Token)).Message;
        Assert.True(late.IsEphemeral);
        Assert.Equal([user.User.Id], late.Mentions);
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task A_mention_is_answered_by_one_message_that_becomes_the_picture()
    {
        var user = stage.NewUser("en-US");
        var said = user.User.Says(stage.Channel, $"{stage.Discord.Bot.Mention} a red apple");
        using var patience = DiscordStage.Patience();
        var promise = (await stage.Channel.Shown.NextAsync(shown => shown.Message.RepliesTo == said, patience.Token)).Message;
        engine.Reaches(3, 10);
        await stage.Channel.Shown.NextAsync(shown => shown.Message == promise && shown.Content.Contains("step 3 of 10", StringComparison.Ordinal), patience.Token);
        engine.Finishes();
        await stage.Channel.Shown.NextAsync(shown => DiscordStage.IsResult(shown.Message), patience.Token);
        Assert.True(DiscordStage.IsResult(promise));
        Assert.Single(stage.Channel.Messages, m => m.Author == stage.Discord.Bot);
    }

    /// <summary>Two changes of progress are three seconds apart, but for what is an end.</summary>
    private static void AssertPaced(DiscordServer discord, FakeInteraction interaction)
    {
        var edits = discord.Calls.All.Where(call => call.Route.StartsWith("PATCH /webhooks", StringComparison.Ordinal) && call.Path.Contains(interaction.Token, StringComparison.Ordinal)).ToList();
        Assert.True(edits.Count >= 2, $"{edits.Count} edits");
        foreach (var (before, after) in edits.Zip(edits.Skip(1)).SkipLast(1))
            Assert.True(after.At - before.At >= TimeSpan.FromSeconds(2.9), $"{after.At - before.At}");
    }
}
