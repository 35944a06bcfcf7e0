namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>
/// One limit: lets calls through in the order they came, as many as Discord said, and one at a time until it said something. Answers may come in another order than calls
/// were made, so that of those of one window the lowest count is believed.
/// </summary>
internal sealed class RateBucket(TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lock gate = new();
    private int? limit;
    private int remaining, inFlight;
    private double window;
    private DateTimeOffset resetAt;
    private TaskCompletionSource? answered;
    private bool moved;

    /// <summary>Whether nobody misses it when it is forgotten.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate) return inFlight == 0 && turn.CurrentCount == 1 && clock.GetUtcNow() >= resetAt;
        }
    }

    /// <summary>Waits for leave to call. False: its route has another bucket now.</summary>
    /// <exception cref="TimeoutException">It would be later than the deadline.</exception>
    public async Task<bool> EnterAsync(DateTimeOffset deadline, CancellationToken cancel)
    {
        if (!turn.Wait(0, CancellationToken.None) && !await TurnAsync(deadline, cancel)) throw new TimeoutException();
        try
        {
            while (true)
            {
                Task wait;
                lock (gate)
                {
                    if (moved) return false;
                    var now = clock.GetUtcNow();
                    if (now >= resetAt && Free() > 0)
                    {
                        remaining = Free() - 1;
                        window = 0;
                        inFlight++;
                        return true;
                    }
                    if (now < resetAt && remaining > 0)
                    {
                        remaining--;
                        inFlight++;
                        return true;
                    }
                    if (now < resetAt && resetAt > deadline || now >= deadline) throw new TimeoutException();
                    wait = now < resetAt ? Task.Delay(resetAt - now, clock, cancel) : (answered ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(deadline - now, clock, cancel);
                }
                await wait;
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A call that entered was answered, or was not.</summary>
    /// <param name="said">What Discord said; null: nothing.</param>
    /// <param name="moves">Whether all who wait go to another one.</param>
    public void Leave(RateHeaders? said, bool moves = false)
    {
        lock (gate)
        {
            inFlight--;
            moved |= moves;
            Note(said);
        }
    }

    /// <summary>Takes note of what Discord said to a call that entered elsewhere.</summary>
    public void Learn(RateHeaders said)
    {
        lock (gate) Note(said);
    }

    /// <summary>Nobody may call for so long.</summary>
    public void Block(TimeSpan wait)
    {
        lock (gate)
        {
            remaining = 0;
            resetAt = clock.GetUtcNow() + wait;
        }
    }

    public void Dispose() => turn.Dispose();

    // A window that is over gives all back, but for those on their way.
    private int Free() => (limit ?? 1) - inFlight;

    private void Note(RateHeaders? said)
    {
        // An answer of a window that is over tells nothing about this one.
        if (said is not null && said.Reset >= window - 0.05)
        {
            var isNew = said.Reset > window + 0.05;
            limit = said.Limit;
            remaining = isNew ? said.Remaining - inFlight : Math.Min(remaining, said.Remaining);
            window = said.Reset;
            resetAt = clock.GetUtcNow() + said.ResetAfter;
        }
        answered?.TrySetResult();
        answered = null;
    }

    private async Task<bool> TurnAsync(DateTimeOffset deadline, CancellationToken cancel)
    {
        var left = deadline - clock.GetUtcNow();
        if (left <= TimeSpan.Zero) return false;
        using var late = new CancellationTokenSource(left, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await turn.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
