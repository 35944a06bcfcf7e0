using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Tests.Discord;

/// <summary>What was logged. No secret may stand there.</summary>
internal sealed class TestLog<T>(params string[] secrets) : ILogger<T>
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public void NoSecrets()
    {
        foreach (var line in Lines) NoSecrets(line);
    }

    public void NoSecrets(string text) => Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
}
