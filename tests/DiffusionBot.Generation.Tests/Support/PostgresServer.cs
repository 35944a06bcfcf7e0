using System.Diagnostics;
using DiffusionBot.Generation.Tests.Support;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace DiffusionBot.Generation.Tests.Support;

/// <summary>
/// A Postgres of this test run's own, begun when the first test asks. Tests that need it are skipped where it is not installed; with CI=true that is a failure.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private string? folder;
    private int port, databases;

    private static string? Binaries { get; } = new[] { "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin" }.FirstOrDefault(b => File.Exists(Path.Combine(b, "initdb")));

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        if (Binaries is null)
        {
            const string Why = "This test needs Postgres (Debian's postgresql package), which is not installed here.";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Why);
            Assert.Skip(Why);
        }
        await turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (folder is null) await StartAsync();
            var name = $"test{++databases}";
            await using var connection = new NpgsqlConnection(To("postgres"));
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            return To(name);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (folder is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await RunAsync("pg_ctl", "-D", Path.Combine(folder, "data"), "-m", "immediate", "stop");
            Directory.Delete(folder, recursive: true);
        }
        turn.Dispose();
    }

    private string To(string database) => $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};Maximum Pool Size=20";

    private async Task StartAsync()
    {
        var made = Directory.CreateTempSubdirectory("postgres-").FullName;
        if (Environment.UserName == "root")
        {
            // initdb refuses root; the folder becomes its own user's.
            await ProcessAsync("chown", ["postgres", made]);
        }
        port = Ports.Free();
        await RunAsync("initdb", "-D", Path.Combine(made, "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync");
        // What makes a database outlive a power failure is not what is tested.
        await RunAsync("pg_ctl", "-D", Path.Combine(made, "data"), "-l", Path.Combine(made, "log"), "-w", "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={made} -c fsync=off -c max_connections=200", "start");
        folder = made;
    }

    private static Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Binaries!, program);
        return Environment.UserName == "root" ? ProcessAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : ProcessAsync(path, arguments);
    }

    private static async Task ProcessAsync(string program, IReadOnlyList<string> arguments)
    {
        // Not redirected: the server inherits what its starter has, and would keep a pipe open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} cannot be started.");
        await process.WaitForExitAsync(CancellationToken.None);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
