using System.Text;
using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Api;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.Tests.Durability;

namespace DiffusionBot.Tests.WeChat;

/// <summary>
/// Kills the whole host between drawing and pushing, again and again, while the platform lives on and counts what it showed. KILLS says how often (10), KILLS_SEED repeats a run.
/// </summary>
public sealed class KillTests
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu", "Models": { "CacheFolder": "cache" } },
          "Places": { "wechat": { "Defaults": { "size": "64x64", "sampler": "Euler", "steps": "1" } } },
          "Web": { "AdminToken": "a token that nobody uses in this test" },
          "Logging": { "LogLevel": { "Default": "Warning" }, "Console": { "LogToStandardErrorThreshold": "Trace" } }
        }
        """;

    private const string Upload = "media/upload", Send = "message/custom/send";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Where a kill falls.</summary>
    private enum Moment
    {
        /// <summary>The picture is being uploaded; nothing was shown.</summary>
        BeforeTheCall,

        /// <summary>The platform has shown the picture, and the host has not heard of it.</summary>
        InTheCall,

        /// <summary>The picture is recorded, the text is on its way and was not shown.</summary>
        BetweenTheCalls,

        /// <summary>All was shown and recorded.</summary>
        AfterIt,
    }

    [Fact]
    public async Task Killed_between_drawing_and_pushing_each_result_is_shown_and_twice_only_where_it_could_not_be_known()
    {
        var kills = Asked.Count("KILLS", 10);
        var seed = Asked.Seed("KILLS_SEED");
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("diffusionbot-kill-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        await using var platform = await FakeWeChatPlatform.StartAsync(cancel: Cancel);
        var port = Ports.Free();
        var account = platform.AddAccount(new FakeAccount { Name = "main", Callback = new Uri($"http://127.0.0.1:{port}/wechat/main") });
        string[] settings =
        [
            $"Web:Urls=http://127.0.0.1:{port}", $"WeChat:ApiHosts:0={platform.ApiBase}", $"WeChat:Accounts:main:Token={account.Token}", $"WeChat:Accounts:main:AppId={account.AppId}",
            $"WeChat:Accounts:main:AppSecret={account.AppSecret}", "WeChat:Accounts:main:Mode=Plaintext",
        ];
        var moments = new Dictionary<FakeUser, Moment>();
        var repeatsTold = 0;
        var host = HostProcess.Start(folder, settings);
        try
        {
            await host.ReadyAsync(Cancel);
            for (var kill = 0; kill < kills; kill++)
            {
                // Each moment in turn, so that few kills see all of them.
                var moment = (Moment)((kill + seed) & 3);
                var user = account.User($"oKill{kill}");
                moments.Add(user, moment);
                var reached = ReachAsync(platform, account, user, moment);
                var ticket = await user.SaysAsync($"a cat --seed {random.Next(1_000_000)}", Cancel);
                Assert.StartsWith("开始画了", Assert.IsType<SeenText>(ticket.Reply).Text, StringComparison.Ordinal);
                await reached;
                if (moment == Moment.AfterIt) await UntilDeliveredAsync(host);
                await host.KillAsync();
                repeatsTold += RepeatsTold(host);
                await host.DisposeAsync();
                host = HostProcess.Start(folder, settings);
                await host.ReadyAsync(Cancel);
                await SeeAllAsync(user);
            }
            await UntilDeliveredAsync(host);
            await host.EndAsync(Cancel);
            repeatsTold += RepeatsTold(host);
        }
        finally
        {
            await host.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
        Look(moments, platform.Violations);
        // One that may be a repeat is said to be one.
        Assert.True(repeatsTold >= moments.Values.Count(m => m == Moment.InTheCall), $"{repeatsTold} possible repeats in the log.");
    }

    private static int RepeatsTold(HostProcess host) => host.Errors.Split("may be shown twice").Length - 1;

    private static async Task ReachAsync(FakeWeChatPlatform platform, FakeAccount account, FakeUser user, Moment moment)
    {
        var begun = platform.Clock.GetUtcNow();
        switch (moment)
        {
            case Moment.BeforeTheCall:
                platform.Fail(Upload, 1, Failure.Hang);
                await platform.Calls.NextAsync(call => call.Path == Upload && call.At >= begun, Cancel);
                break;
            case Moment.InTheCall:
                platform.Fail(Send, 1, Failure.Hang, afterDoing: true);
                await account.Pushes.NextAsync(push => push.OpenId == user.OpenId && push.What is SeenPicture, Cancel);
                break;
            case Moment.BetweenTheCalls:
                // The picture goes well.
                platform.Fail(Send, 1, Failure.Code(0), afterDoing: true);
                platform.Fail(Send, 1, Failure.Hang);
                await platform.Calls.NextAsync(call => call.Path == Send && call.At >= begun && call.Text.Contains("\"content\"", StringComparison.Ordinal), Cancel);
                break;
            default:
                await account.Pushes.NextAsync(push => push.OpenId == user.OpenId && push.What is SeenText, Cancel);
                break;
        }
    }

    /// <summary>A kill cost nothing that was promised.</summary>
    private static async Task SeeAllAsync(FakeUser user)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        await user.SeesAsync<SeenPicture>(cancel: patience.Token);
        await user.SeesAsync<SeenText>(text => !text.IsReply, patience.Token);
    }

    private static async Task UntilDeliveredAsync(HostProcess host)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await host.CheckAsync(Cancel)).GetProperty("Undelivered").GetInt32() > 0) await pause.WaitForNextTickAsync(Cancel);
    }

    private static void Look(Dictionary<FakeUser, Moment> moments, IReadOnlyList<string> violations)
    {
        var counts = moments.Select(m => (Moment: m.Value, Pictures: m.Key.Seen.Count(seen => seen is SeenPicture), Texts: m.Key.Seen.Count(seen => seen is SeenText { IsReply: false }))).ToList();
        foreach (var group in counts.GroupBy(c => c.Moment))
            TestContext.Current.TestOutputHelper?.WriteLine($"{group.Key}: {group.Count()} kills, {group.Sum(c => c.Pictures)} pictures and {group.Sum(c => c.Texts)} texts shown");
        Assert.All(counts, count => Assert.Equal(1, count.Texts));
        Assert.All(counts, count => Assert.InRange(count.Pictures, 1, count.Moment is Moment.InTheCall ? 2 : 1));
        Assert.Empty(violations);
    }
}
