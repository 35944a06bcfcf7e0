using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Generation.Jobs;

/// <summary>How requests are drawn: the section `Jobs`.</summary>
public sealed class JobOptions
{
    /// <summary>How many are drawn at once by this host, 1 to 64: one a device. Default 1.</summary>
    [Range(1, 64)] public int Parallel { get; set; } = 1;

    /// <summary>How often a request may fail before it is given up, 1 to 20. Default 3.</summary>
    [Range(1, 20)] public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// How often the process may die while drawing a request before that is given up, 3 to 1000. Default 12: a process that is killed for other reasons is killed in
    /// the middle of something each time, and that something should not be given up for it; from the third time on it waits (1 s, 2 s, 4 s ... 30 s) and lets others
    /// go first, so that to be hit twelve times by chance it would have to be hit each time it gets its turn, over minutes. A request that really brings the process down does just that.
    /// </summary>
    [Range(3, 1000)] public int MaxCrashes { get; set; } = 12;

    /// <summary>How long to wait after the first failure, in seconds, 0 to 3600; twice as long after each more. Default 5.</summary>
    [Range(0, 3600)] public double RetrySeconds { get; set; } = 5;

    /// <summary>How long a stopping host lets the picture at hand go on, in seconds, 0 to 3600; after that it goes back into the queue. Default 20.</summary>
    [Range(0, 3600)] public double StopSeconds { get; set; } = 20;

    /// <summary>How often a host on Postgres gives a sign of life, in seconds, 1 to 300. One that gave none for three times that long is dead, and others draw what it had. Default 10.</summary>
    [Range(1, 300)] public double CheckInSeconds { get; set; } = 10;
}
