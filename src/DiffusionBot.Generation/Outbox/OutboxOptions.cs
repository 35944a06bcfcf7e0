using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Generation.Outbox;

/// <summary>How results are delivered: the section `Outbox`.</summary>
public sealed class OutboxOptions
{
    /// <summary>Deliveries at once, of different users, 1 to 64. Default 4.</summary>
    [Range(1, 64)] public int Parallel { get; set; } = 4;

    /// <summary>
    /// How long a host has an entry to itself, in seconds, 5 to 3600; a call that takes three quarters of it is cut off. A host that dies in a call holds its entry up for so long
    /// (on SQLite only until the next start). Default 120.
    /// </summary>
    [Range(5, 3600)] public double LeaseSeconds { get; set; } = 120;

    /// <summary>How long to wait after the first attempt that failed, in seconds, 0.01 to 3600; twice as long after each more, up to half an hour. Default 5.</summary>
    [Range(0.01, 3600)] public double RetrySeconds { get; set; } = 5;

    /// <summary>After how many hours of attempts an entry is given up, 0.01 to 8760. Default 24.</summary>
    [Range(0.01, 8760)] public double GiveUpHours { get; set; } = 24;
}
