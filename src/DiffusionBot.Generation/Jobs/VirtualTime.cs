namespace DiffusionBot.Generation.Jobs;

/// <summary>
/// Turns. Users take turns by rounds: a request is of the round that is being drawn, or of the one after its user's last, whichever is later; within a round, who came
/// first goes first. A turn is both in one number: rounds, and in their lower digits the order of coming.
/// </summary>
internal static class VirtualTime
{
    private const long PerRound = 1_000_000;

    /// <summary>The counter of the round that is being drawn.</summary>
    public const string RoundCounter = "round";

    /// <summary>The counter of requests accepted.</summary>
    public const string SequenceCounter = "sequence";

    /// <param name="round">That is being drawn.</param>
    /// <param name="usersLast">The user's last turn; 0: none.</param>
    /// <param name="sequence">Of requests accepted so far.</param>
    public static long Next(long round, long usersLast, long sequence) => (Math.Max(round, RoundOf(usersLast) + 1) * PerRound) + (sequence % PerRound);

    public static long RoundOf(long virtualTime) => virtualTime / PerRound;

    /// <summary>
    /// As the scheduler sees it: a start long ago. A round is a second from 1970 on: at a picture a second they last longer than the machine.
    /// </summary>
    public static DateTimeOffset StartOf(long virtualTime) => DateTimeOffset.UnixEpoch.AddMicroseconds(virtualTime);
}
