using DiffusionBot.Engine;
using DiffusionBot.Generation;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Imaging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiffusionBot.Hosting;

/// <summary>What only the host itself brings along.</summary>
internal static class HostServices
{
    /// <summary>
    /// appsettings.json, user secrets, the environment (`Data__Database=...`), the command line: the later goes before the earlier.
    /// Comments in the file are fine; the file is read once.
    /// </summary>
    public static void AddSettings(this WebApplicationBuilder builder, string[] args)
    {
        builder.Configuration.Sources.Clear();
        builder.Configuration
            .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
            .AddUserSecrets(typeof(HostServices).Assembly, optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddCommandLine(args);
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);
        builder.Services.AddHealthChecks().AddCheck<QueueHealth>("queue");
    }

    /// <summary>`/health`: 200 as long as requests can be accepted, 503 else.</summary>
    public static void MapHealth(this WebApplication app) => app.MapHealthChecks("/health");

    /// <summary>A request can be accepted as long as the database answers.</summary>
    private sealed class QueueHealth(RequestQueue queue) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            HealthCheckResult.Healthy($"{await queue.LengthAsync(cancellationToken)} waiting");
    }
}

/// <summary>The engine as jobs see it.</summary>
internal sealed class DrawingEngine(ImageEngine engine) : IDrawingEngine
{
    public Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel) =>
        engine.GenerateAsync(request, progress, cancel);

    public Task<Bitmap> UpscaleAsync(Bitmap picture, string upscaler, double factor, CancellationToken cancel) => engine.UpscaleAsync(picture, upscaler, factor, cancel);
}
