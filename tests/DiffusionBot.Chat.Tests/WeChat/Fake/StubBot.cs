using System.Threading.Channels;
using DiffusionBot.FakeWeChat;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Chat.Tests.WeChat.Fake;

/// <summary>A platform whose clock stands still, an account on it, and a server behind its callback that does as the test says.</summary>
internal sealed class StubBot : IAsyncDisposable
{
    private readonly Channel<(string Query, string Body)> posts = Channel.CreateUnbounded<(string, string)>();
    private WebApplication server = null!;

    public CountingClock Clock { get; } = new();

    public FakeWeChatPlatform Platform { get; private set; } = null!;

    public FakeAccount Account { get; private set; } = null!;

    public FakeApiClient Api { get; private set; } = null!;

    /// <summary>What is answered to a post; null: nothing until the platform hangs up.</summary>
    public Func<string, string?> Answer { get; set; } = _ => "success";

    public static async Task<StubBot> StartAsync(FakePlatformOptions? options = null, FakeAccount? account = null)
    {
        var bot = new StubBot();
        bot.Platform = await FakeWeChatPlatform.StartAsync(options, bot.Clock, TestContext.Current.CancellationToken);
        bot.Account = bot.Platform.AddAccount(account ?? new FakeAccount { Name = "stub" });
        bot.Api = new FakeApiClient(bot.Platform.ApiBase, bot.Account);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        bot.server = builder.Build();
        bot.server.Run(bot.AnswerAsync);
        await bot.server.StartAsync();
        bot.Account.Callback = new Uri($"{bot.server.Urls.Single()}/wechat");
        return bot;
    }

    /// <summary>The next post that came.</summary>
    public async Task<(string Query, string Body)> CameAsync() => await posts.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>A reply as a bot writes it, plain.</summary>
    public string Text(string openId, string content) => Reply(openId, $"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>");

    public string Reply(string openId, string rest) =>
        $"<xml><ToUserName>{openId}</ToUserName><FromUserName>{Account.OriginalId}</FromUserName><CreateTime>{Clock.GetUtcNow().ToUnixTimeSeconds()}</CreateTime>{rest}</xml>";

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Platform.DisposeAsync();
        await server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var answer = context.Request.Method == "GET" ? context.Request.Query["echostr"].ToString() : Answer(body);
        if (context.Request.Method == "POST") await posts.Writer.WriteAsync((context.Request.QueryString.Value!, body));
        if (answer is null)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Abort();
        }
        else await context.Response.WriteAsync(answer);
    }
}

/// <summary>A clock that stands still, and tells which timers were set.</summary>
internal sealed class CountingClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 4, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> timers = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The next that was set.</summary>
    public async Task<TimeSpan> SetAsync() => await timers.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        timers.Writer.TryWrite(dueTime);
        return timer;
    }
}
