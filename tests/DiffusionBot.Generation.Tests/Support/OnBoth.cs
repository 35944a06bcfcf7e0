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
        Data?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
