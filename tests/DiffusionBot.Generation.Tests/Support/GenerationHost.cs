using System.Globalization;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Generation.Tests.Support;

/// <summary>The whole of generation in a host of its own.</summary>
internal sealed class GenerationHost : IAsyncDisposable
{
    private static int lastMessage;

    private readonly IHost host;
    private bool isStarted;

    private GenerationHost(IHost host, FakeDeliverer deliverer) => (this.host, Deliverer) = (host, deliverer);

    public FakeDeliverer Deliverer { get; }

    public RequestQueue Queue => Get<RequestQueue>();

    public PictureArchive Archive => Get<PictureArchive>();

    public BotDatabase Database => Get<BotDatabase>();

    public string Folder => Database.Folder;

    public T Get<T>() where T : notnull => host.Services.GetRequiredService<T>();

    /// <param name="data">Where it keeps what it keeps.</param>
    /// <param name="engine">What draws.</param>
    /// <param name="deliverer">What delivers; null: one that shows all.</param>
    /// <param name="settings">By their paths: `Limits:PendingPerUser`.</param>
    /// <param name="configure">More services.</param>
    public static GenerationHost Build(DataPlace data, IDrawingEngine engine, FakeDeliverer? deliverer = null, (string, object)[]? settings = null, Action<IServiceCollection>? configure = null)
    {
        deliverer ??= new FakeDeliverer();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Data:Folder"] = data.Folder,
            ["Data:Database"] = data.Database,
            // What fails is tried again at once, unless a test looks at just that.
            ["Jobs:RetrySeconds"] = "0",
            ["Jobs:StopSeconds"] = "0",
            ["Outbox:RetrySeconds"] = "0.05",
            ["Limits:PendingPerUser"] = "10000",
            ["Limits:DailyPictures"] = "10000",
        };
        foreach (var (key, value) in settings ?? []) values[key] = Convert.ToString(value, CultureInfo.InvariantCulture);
        builder.Configuration.AddInMemoryCollection(values);
        builder.Logging.AddProvider(new TestLog()).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton(engine).AddSingleton<IDeliverer>(deliverer).AddGeneration();
        configure?.Invoke(builder.Services);
        return new GenerationHost(builder.Build(), deliverer);
    }

    /// <inheritdoc cref="Build"/>
    public static async Task<GenerationHost> StartAsync(DataPlace data, IDrawingEngine engine, FakeDeliverer? deliverer = null, (string, object)[]? settings = null, Action<IServiceCollection>? configure = null)
    {
        var host = Build(data, engine, deliverer, settings, configure);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        await host.StartAsync(TestContext.Current.CancellationToken);
        isStarted = true;
    }

    public Task StopAsync() => host.StopAsync(CancellationToken.None);

    public static NewRequest Request(string user, string prompt, ImageRequest? image = null) => new(
        user, "test", $"test:{user}", $"m{Interlocked.Increment(ref lastMessage)}", Language.English,
        new DrawingOrder { Image = (image ?? new ImageRequest { Steps = 2, Width = 16, Height = 16, Seed = 7 }) with { Prompt = prompt } }, prompt);

    /// <summary>Accepts a request that no limit forbids.</summary>
    public async Task<Acceptance.Accepted> AcceptAsync(string user, string prompt, ImageRequest? image = null) =>
        Assert.IsType<Acceptance.Accepted>(await Queue.AcceptAsync(Request(user, prompt, image)));

    /// <summary>Waits until a request is in a state; fails where it ends in another.</summary>
    public async Task<StoredRequest> WaitForAsync(Guid request, RequestState state)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            using var watch = Get<ProgressFeed>().Watch(p =>
            {
                if (p.RequestId == request) reached.TrySetResult();
            });
            var row = await Archive.FindRequestAsync(request) ?? throw new InvalidOperationException($"There is no request {request}.");
            if (row.State == state) return row;
            Assert.True(row.State < RequestState.Done, $"Expected {state}; the request is {row.State}: {row.ReasonEnglish}");
            // Other hosts tell nothing: they are looked after now and then.
            await Task.WhenAny(reached.Task, Task.Delay(200, TestContext.Current.CancellationToken));
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (isStarted) await host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    /// <summary>Into the test's own output.</summary>
    private sealed class TestLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
            // Nothing to let go of.
        }
    }
}
