namespace DiffusionBot.Chat;

/// <summary>What requests are doing, for adapters that show it while it happens.</summary>
public interface IDrawingNews
{
    /// <summary>
    /// Calls back at every sign of life of a place's requests that are drawn, or were called off, in this process: when it begins, at each step, at the end. In order for each
    /// request, from any thread: be quick. Dispose to stop. What nobody watches costs nothing.
    /// </summary>
    /// <param name="place">An adapter's.</param>
    /// <param name="watcher">Told of each.</param>
    IDisposable Watch(string place, Action<DrawingSign> watcher);

    /// <summary>What waits for its turn, next first.</summary>
    /// <param name="place">An adapter's.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IReadOnlyList<DrawingSign>> WaitingAsync(string place, int most, CancellationToken cancel);
}

/// <summary>A sign of life of a request.</summary>
/// <param name="Reference">Which: the <see cref="ChatReply.Reference"/> of its promise.</param>
/// <param name="Address">Where its result will go.</param>
/// <param name="Language">`zh` or `en`.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="Text">That in words, in one line: `3 ahead, about 20 s`, `step 4 of 20, about 9 s left`.</param>
public sealed record DrawingSign(string Reference, ChatAddress Address, string Language, RequestStage Stage, string Text)
{
    /// <summary>How many are before it; 0 where it is drawn or next.</summary>
    public int Ahead { get; init; }

    /// <summary>Whether what is drawn is to be covered until somebody wants to see it.</summary>
    public bool IsSpoiler { get; init; }

    /// <summary>A small PNG of what is there already; null where there is none (yet).</summary>
    public ReadOnlyMemory<byte>? Preview { get; init; }
}

/// <summary>How far a request is.</summary>
public enum RequestStage
{
    /// <summary>It waits for its turn.</summary>
    Waiting,

    /// <summary>It is being drawn.</summary>
    Drawing,

    /// <summary>It was called off: nothing will come.</summary>
    Cancelled,

    /// <summary>It ended, well or not: what comes of it is delivered.</summary>
    Ended,
}
