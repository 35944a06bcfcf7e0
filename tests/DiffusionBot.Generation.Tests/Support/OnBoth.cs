using Npgsql;

namespace DiffusionBot.Generation.Tests.Support;

/// <summary>Tests that hold on either database: each class of them has a child for each.</summary>
public abstract class OnBoth : IAsyncLifetime
{
    /// <summary>Null: SQLite.</summary>
    protected abstract Task<string?> NewDatabaseAsync();

    private protected DataPlace Data { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Data = new DataPlace(await NewDatabaseAsync());

    public ValueTask DisposeAsync()
    {
        if (Data?.Database is { } database)
        {
            // Connections kept for the next one would sum up to more than the server takes.
            using var connection = new NpgsqlConnection(database);
            NpgsqlConnection.ClearPool(connection);
        }
        Data?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
