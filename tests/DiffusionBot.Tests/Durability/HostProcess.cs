using System.Diagnostics;
using System.Text.Json;

namespace DiffusionBot.Tests.Durability;

/// <summary>A host in a process of its own (tests/DiffusionBot.TestHost), to talk to and to kill.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<string> errors = [];

    private HostProcess(Process process) => this.process = process;

    /// <summary>Starts one; it is not ready yet.</summary>
    /// <param name="folder">Settings and data.</param>
    /// <param name="settings">More settings.</param>
    public static HostProcess Start(string folder, params IEnumerable<string> settings)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "DiffusionBot.TestHost.exe" : "DiffusionBot.TestHost");
        var start = new ProcessStartInfo(program, [folder, Path.Combine(folder, "ledger"), .. settings])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var host = new HostProcess(Process.Start(start)!);
        host.process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) lock (host.errors) host.errors.Add(line.Data);
        };
        host.process.BeginErrorReadLine();
        return host;
    }

    /// <summary>What it wrote to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (errors) return string.Join('\n', errors);
        }
    }

    /// <summary>Says something; the answer comes among <see cref="ReadAsync"/>'s lines. A process that is gone hears nothing.</summary>
    public async Task SayAsync(string id, string user, string text) => await WriteAsync(JsonSerializer.Serialize(new { Id = id, User = user, Text = text }));

    /// <summary>Asks for the inventory.</summary>
    public async Task<JsonElement> CheckAsync(CancellationToken cancel)
    {
        await WriteAsync("check");
        return await ReadAsync(cancel) ?? throw new InvalidOperationException($"The host ended: {Errors}");
    }

    /// <summary>The next line; null where the process is gone.</summary>
    public async Task<JsonElement?> ReadAsync(CancellationToken cancel) =>
        await process.StandardOutput.ReadLineAsync(cancel) is { } line ? JsonDocument.Parse(line).RootElement : null;

    /// <summary>Waits until it can be talked to.</summary>
    public async Task ReadyAsync(CancellationToken cancel)
    {
        if (await ReadAsync(cancel) is not { } line) throw new InvalidOperationException($"The host did not start: {Errors}");
        Assert.Equal("ready", line.GetProperty("Id").GetString());
    }

    /// <summary>SIGKILL, at once.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Lets it end by itself.</summary>
    public async Task EndAsync(CancellationToken cancel)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        Assert.True(process.ExitCode == 0, $"The host ended with {process.ExitCode}: {Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private async Task WriteAsync(string line)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(line);
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It was killed meanwhile: nobody promised anything.
        }
    }
}
