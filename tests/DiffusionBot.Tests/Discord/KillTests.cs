using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord;
using DiffusionBot.FakeDiscord.Rest;
using DiffusionBot.Imaging;
using DiffusionBot.Tests.Durability;

namespace DiffusionBot.Tests.Discord;

/// <summary>
/// Kills the whole host between a command and its picture, again and again, while Discord lives on and counts what it showed. KILLS says how often (once at each moment),
/// KILLS_SEED repeats a run.
/// </summary>
public sealed class KillTests
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu", "Models": { "CacheFolder": "cache" } },
          "Discord": { "LeaseSeconds": 5 },
          "Limits": { "MaxPictures": 10 },
          "Web": { "Urls": "http://127.0.0.1:0", "AdminToken": "a token that nobody uses in this test" },
          "Logging": { "LogLevel": { "Default": "Warning" }, "Console": { "LogToStandardErrorThreshold": "Trace" } }
        }
        """;

    private const string Answer = "POST /interactions/{interaction}/{token}/callback", EditOriginal = "PATCH /webhooks/{webhook}/{token}/messages/@original", EditMessage = "PATCH /channels/{channel}/messages/{message}",
        Say = "POST /channels/{channel}/messages";

    /// <summary>One more than a message has room for.</summary>
    private const int Many = 10;

    private const int LongestLifeMs = 2000;

    private static readonly TimeSpan tooOld = TimeSpan.FromMinutes(16);

    private readonly ShiftedClock clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Where a kill falls.</summary>
    private enum Moment
    {
        /// <summary>A command's promise was shown, and the host has not heard of it.</summary>
        InThePromise,

        /// <summary>A mention's promise was shown, and the host does not know where.</summary>
        InTheReplysPromise,

        /// <summary>A command's result is on its way and was not shown.</summary>
        BeforeTheEdit,

        /// <summary>A command's result was shown, and the host has not heard of it.</summary>
        InTheEdit,

        /// <summary>The first of two messages is recorded, the second is on its way and was not shown.</summary>
        BetweenTheParts,

        /// <summary>The second message was shown, and the host has not heard of it.</summary>
        InTheSecondPart,

        /// <summary>All was shown and recorded.</summary>
        AfterIt,

        /// <summary>The token is too old, so that the result is a message of its own, which was not shown.</summary>
        BeforeTheFallback,

        /// <summary>The token is too old; the message was shown, and the host has not heard of it.</summary>
        InTheFallback,

        /// <summary>The host learns only from Discord that the token is over; its message was shown, and it has not heard of it.</summary>
        InAnUnforeseenFallback,

        /// <summary>A mention's result is on its way and was not shown.</summary>
        BeforeTheReply,

        /// <summary>A mention's result was shown, and the host has not heard of it.</summary>
        InTheReply,

        /// <summary>A button was pressed, and Discord has heard nothing of it; afterwards it does.</summary>
        AfterThePress,

        /// <summary>The same, but afterwards it is too late.</summary>
        AfterThePressForTooLong,

        /// <summary>A button was pressed, and Discord has heard that it is seen to; the host does not know that.</summary>
        InTheFirstAnswer,

        /// <summary>At any time after a command was heard.</summary>
        Anywhen,
    }

    private static readonly Moment[] moments = Enum.GetValues<Moment>();

    [Fact]
    public Task Killed_at_some_of_the_moments_each_result_is_shown_once() => KillAsync(4);

    [Fact, Trait("Category", "Long")]
    public Task Killed_between_drawing_and_answering_each_result_is_shown_once() =>
        KillAsync(Asked.Count("KILLS", moments.Length));

    private async Task KillAsync(int kills)
    {
        var seed = Asked.Seed("KILLS_SEED");
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("diffusionbot-kill-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        // How late an interaction is answered is none of this test's business.
        await using var discord = await DiscordServer.StartAsync(new FakeDiscordOptions { Clock = clock, InteractionPatience = TimeSpan.FromHours(1), MaxConcurrency = 16 });
        var channel = discord.AddGuild("server").AddChannel("pictures");
        string[] settings = [.. DiscordStage.SettingsFor(discord)];
        var killed = new List<Killed>();
        var host = HostProcess.Start(folder, settings);
        try
        {
            await host.ReadyAsync(Cancel);
            await DiscordStage.ReadyAsync(discord);
            for (var kill = 0; kill < kills; kill++)
            {
                // Each moment in turn, so that few kills see many of them.
                var moment = moments[(kill + (seed & 0xFFFF)) % moments.Length];
                var one = new Killed(moment, discord.AddUser($"killed{kill}x", "en-US"));
                killed.Add(one);
                var held = new TaskCompletionSource();
                await ReachAsync(discord, host, channel, one, Failure.Silent(held.Task), random);
                await host.KillAsync();
                held.SetResult();
                await host.DisposeAsync();
                host = HostProcess.Start(folder, settings);
                await host.ReadyAsync(Cancel);
                await SeeAllAsync(channel, one, host);
            }
            await UntilDeliveredAsync(host);
            await host.EndAsync(Cancel);
        }
        finally
        {
            await host.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
        Look(channel, killed, discord.Violations.All);
        if (kills >= moments.Length) Assert.Equal(moments, killed.Select(one => one.Moment).Distinct().Order());
    }

    /// <summary>Asks for something, and ends when the moment has come.</summary>
    private async Task ReachAsync(DiscordServer discord, HostProcess host, FakeChannel channel, Killed one, Failure silence, Random random)
    {
        var (moment, user) = (one.Moment, one.User);
        Func<ApiCall, bool> held = moment switch
        {
            Moment.InThePromise => call => call.Route == EditOriginal && call.Files.Count == 0,
            Moment.InTheReplysPromise => call => call.Route == Say && call.Files.Count == 0,
            Moment.BeforeTheEdit or Moment.InTheEdit => call => call.Route == EditOriginal && IsResult(call, user),
            Moment.BetweenTheParts or Moment.InTheSecondPart => call => call.Route == Say && call.Files.Count > 0,
            Moment.BeforeTheFallback or Moment.InTheFallback or Moment.InAnUnforeseenFallback => call => call.Route == Say && IsResult(call, user),
            Moment.BeforeTheReply or Moment.InTheReply => call => call.Route is EditMessage or Say && IsResult(call, user),
            Moment.AfterThePress or Moment.AfterThePressForTooLong or Moment.InTheFirstAnswer => call => call.Route == Answer,
            _ => _ => false,
        };
        if (one.IsPress)
        {
            await DrawAsync(user, channel);
            await SeeAsync(channel, one, 1, host);
        }
        discord.Fail(held, 1, silence, moment is Moment.InThePromise or Moment.InTheReplysPromise or Moment.InTheEdit or Moment.InTheSecondPart or Moment.InTheFallback or Moment.InAnUnforeseenFallback or Moment.InTheReply or Moment.InTheFirstAnswer);
        switch (moment)
        {
            case Moment.BeforeTheReply or Moment.InTheReply or Moment.InTheReplysPromise:
                user.Says(channel, $"{discord.Bot.Mention} a cat {user.Name}");
                break;
            case Moment.BeforeTheFallback or Moment.InTheFallback:
                clock.Shift(-tooOld);
                var asked = DrawAsync(user, channel);
                clock.Shift(tooOld);
                await asked;
                break;
            case Moment.InAnUnforeseenFallback:
                discord.Fail(call => call.Route == EditOriginal && IsResult(call, user), int.MaxValue, Failure.Error(401, 50027, "Invalid Webhook Token"));
                await DrawAsync(user, channel);
                break;
            case Moment.AfterThePress or Moment.AfterThePressForTooLong or Moment.InTheFirstAnswer:
                var on = channel.Messages.Single(message => message.Interaction?.User == user);
                if (moment == Moment.AfterThePressForTooLong) discord.Fail(call => call.Route == Answer, 1, Failure.Error(404, 10062, "Unknown interaction"));
                await user.PressesAsync(on, DiscordStage.ButtonOf(on, "again"));
                break;
            default:
                await DrawAsync(user, channel, one.Count);
                break;
        }
        if (moment == Moment.AfterIt)
        {
            await SeeAllAsync(channel, one, host);
            await UntilDeliveredAsync(host);
        }
        else if (moment == Moment.Anywhen) await Task.Delay(random.Next(LongestLifeMs), Cancel);
        else
        {
            using var patience = DiscordStage.Patience();
            try
            {
                await discord.Calls.NextAsync(call => call.Status == 0 && held(call), patience.Token);
            }
            catch (OperationCanceledException e) when (!Cancel.IsCancellationRequested)
            {
                throw new Xunit.Sdk.XunitException($"{moment} did not come within a minute, after {string.Join(", ", discord.Calls.All.TakeLast(10).Select(call => $"{call.Route} {call.Status} ({call.Files.Count} files)"))}.\n{host.Errors}", e);
            }
        }
    }

    private static async Task DrawAsync(FakeUser user, FakeChannel channel, int count = 1)
    {
        var interaction = await user.RunsAsync(channel, "imagine", ("prompt", $"a cat {user.Name} --n {count}"));
        await interaction.AnswerAsync(Cancel);
    }

    private static bool IsResult(ApiCall call, FakeUser user) =>
        call.Files.Count > 0 && (call.Body as JsonObject)?["embeds"] is JsonArray { Count: > 0 } embeds && ((string?)embeds[0]!["description"])?.Contains(user.Name, StringComparison.Ordinal) == true;

    /// <summary>A kill cost nothing that was promised.</summary>
    private static Task SeeAllAsync(FakeChannel channel, Killed one, HostProcess host) => SeeAsync(channel, one, one.IsPress ? 2 : one.Count, host);

    private static async Task SeeAsync(FakeChannel channel, Killed one, int pictures, HostProcess host)
    {
        using var patience = DiscordStage.Patience();
        try
        {
            while (Pictures(channel, one.User).Count < pictures) await channel.Shown.NextAsync(shown => shown.Files.Count > 0, patience.Token);
        }
        catch (OperationCanceledException e) when (!Cancel.IsCancellationRequested)
        {
            throw new Xunit.Sdk.XunitException($"{one.Moment}: {Pictures(channel, one.User).Count} pictures were shown within a minute; expected {pictures}.\n{host.Errors}", e);
        }
    }

    /// <summary>The parameters of all pictures that stand there for somebody.</summary>
    private static List<string> Pictures(FakeChannel channel, FakeUser user) =>
        [.. channel.Messages.SelectMany(message => message.Files).Select(file => PictureText.Read(file.Bytes).Parameters).OfType<string>().Where(text => text.Contains(user.Name, StringComparison.Ordinal))];

    /// <summary>What still says that something will come.</summary>
    private static int PromisesLeft(FakeChannel channel, FakeUser user) =>
        channel.Messages.Count(message => (message.Interaction?.User == user || message.RepliesTo?.Author == user) && (message.IsLoading || message.CustomIds.Any(id => id.StartsWith("1:cancel", StringComparison.Ordinal))));

    private static async Task UntilDeliveredAsync(HostProcess host)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await host.CheckAsync(Cancel)).GetProperty("Undelivered").GetInt32() > 0) await pause.WaitForNextTickAsync(Cancel);
    }

    private static void Look(FakeChannel channel, List<Killed> killed, IReadOnlyList<string> violations)
    {
        foreach (var group in killed.GroupBy(one => one.Moment))
            TestContext.Current.TestOutputHelper?.WriteLine($"{group.Key}: {group.Count()} kills, {group.Sum(one => Pictures(channel, one.User).Count)} pictures shown, {group.Sum(one => PromisesLeft(channel, one.User))} promises left");
        Assert.All(killed, one =>
        {
            var pictures = Pictures(channel, one.User);
            Assert.Equal(one.IsPress ? 2 : one.Count, pictures.Count);
            if (!one.IsPress) Assert.Equal(one.Count, pictures.Distinct(StringComparer.Ordinal).Count());
        });
        Assert.Empty(violations);
    }

    /// <summary>One who asked for something before the kill.</summary>
    private sealed record Killed(Moment Moment, FakeUser User)
    {
        public bool IsPress => Moment is Moment.AfterThePress or Moment.AfterThePressForTooLong or Moment.InTheFirstAnswer;

        public int Count => Moment is Moment.BetweenTheParts or Moment.InTheSecondPart ? Many : 1;
    }
}
