using System.Collections.Concurrent;
using System.Diagnostics;

namespace DiffusionBot.Generation.Tests.Kills;

/// <summary>One life of a <see cref="KilledHost"/>.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously), settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, Guid> accepted;
    private readonly SemaphoreSlim events = new(0);
    private readonly Task reading;

    public HostProcess(string life, string shown, IEnumerable<string> settings, ConcurrentDictionary<string, Guid> accepted, ITestOutputHelper? output)
    {
        this.accepted = accepted;
        process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [KilledHost.Verb, life, shown, .. settings])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, e) => output?.WriteLine($"{life}: {e.Data}");
        process.BeginErrorReadLine();
        reading = ReadAsync();
    }

    public Task ReadyAsync() => ready.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

    /// <summary>Waits until it has begun so many drawings and deliveries, but not for long: there may be nothing to do.</summary>
    public async Task EventsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!await events.WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken)) return;
        }
    }

    public Task AskAsync(string message, string user) => SayAsync($"ask {message} {user}");

    /// <summary>Waits until all that was accepted has ended and all that is owed was delivered.</summary>
    public async Task SettleAsync()
    {
        await SayAsync("settle");
        await settled.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
    }

    public async Task QuitAsync()
    {
        await SayAsync("quit");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>SIGKILL: nothing in the process learns of it.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        await reading;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
        events.Dispose();
    }

    private async Task SayAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "ready") ready.TrySetResult();
            else if (words[0] == "settled") settled.TrySetResult();
            else if (words[0] == "event") events.Release();
            else if (words is ["accepted", var message, var id]) Assert.Equal(Guid.Parse(id), accepted.GetOrAdd(message, Guid.Parse(id)));
        }
        var died = new InvalidOperationException("The host has ended.");
        ready.TrySetException(died);
        settled.TrySetException(died);
    }
}
