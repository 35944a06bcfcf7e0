using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Generation.Jobs;

/// <summary>The queue's front door. A request is a row before it is a promise.</summary>
public sealed class RequestQueue
{
    /// <summary>Writes the request's row, or says which limit forbids it. The same message again gives the same answer.</summary>
    public Task<Acceptance> AcceptAsync(NewRequest request, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Calls a request off, waiting or being drawn. False where it has ended already or there is none.</summary>
    public Task<bool> CancelAsync(Guid request, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Where a request stands; null where there is none.</summary>
    public Task<Standing?> StandingAsync(Guid request, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>What waits or is being drawn, in the order of turns; of one user, or of all.</summary>
    /// <param name="userId">Null: of all.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<IReadOnlyList<(StoredRequest Request, Standing Standing)>> WaitingAsync(string? userId = null, int take = 50, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>How many wait or are being drawn.</summary>
    public Task<int> LengthAsync(CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Whether drawing is stopped by an operator. Requests are accepted all the same.</summary>
    public Task<bool> IsPausedAsync(CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Stops drawing after the picture at hand, on every host, or goes on.</summary>
    public Task SetPausedAsync(bool paused, CancellationToken cancel = default) => throw new NotSupportedException();
}
