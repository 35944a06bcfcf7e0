using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Generation.Jobs;

/// <summary>What one may ask for: the section `Limits`.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests of one user that wait or are drawn, 1 to 10,000. Default 4.</summary>
    [Range(1, 10_000)] public int PendingPerUser { get; set; } = 4;

    /// <summary>Pictures of one user in 24 hours, 0 to 1,000,000; a user may have a number of their own. Default 200.</summary>
    [Range(0, 1_000_000)] public int DailyPictures { get; set; } = 200;

    /// <summary>Requests that wait in all, 1 to 1,000,000. Default 1000.</summary>
    [Range(1, 1_000_000)] public int QueueLength { get; set; } = 1000;

    /// <summary>Pixels along the longer edge, 64 to 2048. Default 1024.</summary>
    [Range(64, 2048)] public int MaxEdge { get; set; } = 1024;

    /// <summary>Steps, 1 to 150. Default 60.</summary>
    [Range(1, 150)] public int MaxSteps { get; set; } = 60;

    /// <summary>Pictures of one request, 1 to 800. Default 4.</summary>
    [Range(1, 800)] public int MaxPictures { get; set; } = 4;
}
