using System.Collections.Concurrent;
using System.Net;
using DiffusionBot.Chat.Tests.Support;
using DiffusionBot.Chat.Tests.WeChat.Wire;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Chat.Tests.WeChat.Endpoint;

/// <summary>A real server on a port of its own with an account in each mode, named by it, a desk that does as the test says, and a clock that stands still.</summary>
internal sealed class EndpointHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private EndpointHost(WebApplication app, FakeTimeProvider clock, StubDesk desk, TestLog log)
    {
        (this.app, Clock, Desk, Log) = (app, clock, desk, log);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public FakeTimeProvider Clock { get; }

    public StubDesk Desk { get; }

    public TestLog Log { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Bytes of bodies that the endpoint has taken.</summary>
    public CountingStream Taken { get; } = new();

    public static async Task<EndpointHost> StartAsync()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(SignedPost.Now));
        var (desk, log) = (new StubDesk(), new TestLog());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton<IWeChatDesk>(desk).AddSingleton<ISharedNotes, MemoryNotes>();
        builder.Services.Configure<WeChatOptions>(options =>
        {
            foreach (var mode in Enum.GetValues<WeChatMode>()) options.Accounts.Add(mode.ToString(), SignedPost.Account(mode));
        });
        builder.Logging.AddProvider(log);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        var app = builder.Build();
        EndpointHost? host = null;
        app.Use(next => context =>
        {
            context.Request.Body = host!.Taken.Over(context.Request.Body);
            return next(context);
        });
        app.UseRouting();
        app.MapWeChat();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return host = new EndpointHost(app, clock, desk, log);
    }

    public Task<HttpResponseMessage> PostAsync(WeChatMode mode, SignedPost post, CancellationToken? cancel = null) =>
        Client.PostAsync($"/wechat/{mode}{post.QueryString}", new ByteArrayContent(post.Body), cancel ?? TestContext.Current.CancellationToken);

    public async Task<(HttpStatusCode Status, string Text)> SayAsync(WeChatMode mode, SignedPost post)
    {
        using var response = await PostAsync(mode, post);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}

/// <summary>Answers as told, and keeps what it was asked and what became of its answers.</summary>
internal sealed class StubDesk : IWeChatDesk
{
    private readonly TaskCompletionSource<WeChatMessage> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<WeChatMessage, CancellationToken, Task<WeChatAnswer>> Answer { get; set; } = (_, _) => Task.FromResult(new WeChatAnswer(new PassiveReply.Text("好的")));

    public ConcurrentQueue<(string Account, WeChatMessage Message)> Calls { get; } = [];

    public ConcurrentQueue<bool> Written { get; } = [];

    /// <summary>The first message.</summary>
    public Task<WeChatMessage> AskedAsync => asked.Task.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>What became of the first answer.</summary>
    public Task<bool> WrittenAsync => written.Task.WaitAsync(TestContext.Current.CancellationToken);

    public async Task<WeChatAnswer> AnswerAsync(string account, WeChatMessage message, CancellationToken hungUp)
    {
        Calls.Enqueue((account, message));
        asked.TrySetResult(message);
        var answer = await Answer(message, hungUp);
        return answer with
        {
            WrittenAsync = async isWritten =>
            {
                Written.Enqueue(isWritten);
                written.TrySetResult(isWritten);
                await answer.WrittenAsync(isWritten);
            },
        };
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, int Id, string Text)> Lines { get; } = [];

    public IEnumerable<int> Warnings => Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Id);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, eventId.Id, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
        // Nothing to let go of.
    }
}
