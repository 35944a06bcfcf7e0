using System.Collections.Concurrent;
using DiffusionBot.Chat.Tests.Support;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Api;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>An account against a scripted WeChat. Its token and its secret may stand neither in the log nor in an error: that is looked at when a test ends.</summary>
internal sealed class ApiBench : ILoggerFactory, ILogger
{
    public const string Secret = "s3cr3t-of-the-app", Account = "main";

    public ApiBench(EagerClock? clock = null, MemoryNotes? notes = null, WeChatAccountOptions? account = null, WeChatOptions? options = null, HttpMessageHandler? network = null)
    {
        Clock = clock ?? new EagerClock();
        Notes = notes ?? new MemoryNotes(Clock);
        options ??= new WeChatOptions();
        options.Accounts[Account] = account ?? NewAccount();
        Apis = new WeChatApis(Options.Create(options), Notes, Clock, this, network ?? WeChat);
    }

    public EagerClock Clock { get; }

    public MemoryNotes Notes { get; }

    public ScriptedWeChat WeChat { get; } = new();

    public WeChatApis Apis { get; }

    public IWeChatApi Api => Apis[Account];

    public ConcurrentQueue<string> Log { get; } = [];

    public static WeChatAccountOptions NewAccount() => new() { AppId = "wx2c2769f8efd9abc2", AppSecret = Secret, Token = "spamtest" };

    /// <summary>The error that a call ends in, which tells no secrets.</summary>
    public async Task<WeChatApiException> FailsAsync(Func<IWeChatApi, Task> call)
    {
        var error = await Assert.ThrowsAsync<WeChatApiException>(() => call(Api));
        NoSecrets(error.ToString());
        return error;
    }

    public Task SendAsync(string text = "画好了") => Api.SendTextAsync("oUser", text, TestContext.Current.CancellationToken);

    public Task TypeAsync() => Api.ShowTypingAsync("oUser", TestContext.Current.CancellationToken);

    public void Dispose()
    {
        foreach (var line in Log) NoSecrets(line);
        Apis.Dispose();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    private static void NoSecrets(string text)
    {
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("TOKEN-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("access_token=", text, StringComparison.Ordinal);
    }
}
