namespace DiffusionBot.Generation.Outbox;

/// <summary>What the rest of the program may ask of the outbox.</summary>
public sealed class OutboxDoor
{
    /// <summary>The user is there: what waits for them is delivered now, to the address at hand. Returns how many there were.</summary>
    public Task<int> ReleaseAsync(string userId, string address, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>The same for one request. False where nothing of it is owed.</summary>
    public Task<bool> ReleaseRequestAsync(Guid request, string address, CancellationToken cancel = default) => throw new NotSupportedException();
}
