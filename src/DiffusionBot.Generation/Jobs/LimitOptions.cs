using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Generation.Jobs;

/// <summary>What one may ask for: the section `Limits`.</summary>
public sealed class LimitOptions
{
    private const int MostPending = 10_000, MostDaily = 1_000_000, LargestEdge = 2048, MostSteps = 150, MostPictures = 800;

    /// <summary>Requests of one user that wait or are drawn, 1 to 10,000. Default 4.</summary>
    [Range(1, MostPending)] public int PendingPerUser { get; set; } = 4;

    /// <summary>Pictures of one user in 24 hours, 0 to 1,000,000; a user may have a number of their own. Default 200.</summary>
    [Range(0, MostDaily)] public int DailyPictures { get; set; } = 200;

    /// <summary>Requests that wait in all, 1 to 1,000,000. Default 1000.</summary>
    [Range(1, 1_000_000)] public int QueueLength { get; set; } = 1000;

    /// <summary>Pixels along the longer edge, 64 to 2048. Default 1024.</summary>
    [Range(64, LargestEdge)] public int MaxEdge { get; set; } = 1024;

    /// <summary>Steps, 1 to 150. Default 60.</summary>
    [Range(1, MostSteps)] public int MaxSteps { get; set; } = 60;

    /// <summary>Pictures of one request, 1 to 800. Default 4.</summary>
    [Range(1, MostPictures)] public int MaxPictures { get; set; } = 4;

    /// <summary>These with what somebody may in their place, as far as options go.</summary>
    internal LimitOptions For(RequestLimits? own) => own is null ? this : new LimitOptions
    {
        PendingPerUser = Of(own.Pending, PendingPerUser, MostPending),
        DailyPictures = Of(own.DailyPictures, DailyPictures, MostDaily),
        QueueLength = QueueLength,
        MaxEdge = Of(own.MaxEdge, MaxEdge, LargestEdge),
        MaxSteps = Of(own.MaxSteps, MaxSteps, MostSteps),
        MaxPictures = Of(own.MaxPictures, MaxPictures, MostPictures),
    };

    private static int Of(int? own, int everybody, int most) => own is { } number ? Math.Clamp(number, 0, most) : everybody;
}
