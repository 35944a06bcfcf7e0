using System.Diagnostics;
using System.Text.Json;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Benchmarks;

/// <summary>What decoding one latent costs with an autoencoder of SD 1.5's size, alone in its process. Prints JSON.</summary>
internal static class VaeDecode
{
    /// <summary>An autoencoder of full size beside a text encoder and a UNet of next to none.</summary>
    private static readonly SyntheticCheckpoint.Sizes OnlyVae = new(64, 1, 32, [1, 2], 128, [1, 2, 4, 4], 2);

    /// <summary>Decodes once, and tells the process' peak.</summary>
    /// <param name="path">Where the checkpoint lies, or will.</param>
    /// <param name="size">Edge of the picture in pixels.</param>
    /// <param name="megabytes">How much memory decoding may think that it has.</param>
    public static void Measure(string path, int size, int megabytes)
    {
        if (!File.Exists(path)) SyntheticCheckpoint.Write(path, OnlyVae);
        var device = EngineDevice.Cpu(threads: 0);
        var weights = VaeFile.WeightsOf(SafetensorsFile.Open(path));
        using var decoder = new LatentDecoder(OrtSession.Create(Vae.BuildDecoder(weights, device.Target), device.Settings), inFloat: null, channels: 4, scale: 0.18215f)
        {
            Room = () => (long)megabytes << 20,
            Need = pixels => Vae.DecodingBytes(weights, pixels),
        };
        var latent = new float[4 * (size / 8) * (size / 8)];
        new Engine.Sampling.PhiloxGenerator(1).Fill(latent);
        using var process = Process.GetCurrentProcess();
        var before = process.PeakWorkingSet64;
        var started = Stopwatch.GetTimestamp();
        var picture = decoder.Decode(latent, size / 8, size / 8, new NativeClock(), CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        process.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new { size, seconds, picture.Width, peakMB = process.PeakWorkingSet64 >> 20, beforeMB = before >> 20 }));
    }
}
