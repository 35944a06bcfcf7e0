using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiffusionBot.Engine;

namespace DiffusionBot.Cli;

/// <summary>What <c>draw --json</c> prints.</summary>
internal sealed record DrawOutput(IReadOnlyList<string> Files, IReadOnlyList<string> Infotexts, IReadOnlyList<long> Seeds, StageSeconds Timings, IReadOnlyList<string> Notes);

/// <summary>Seconds by stage; see <see cref="StageTimings"/>. Encode is the time to encode and write the files, and not in Total.</summary>
internal sealed record StageSeconds(double Load, double Text, double Sampling, double Decode, double Native, double Total, double Encode)
{
    public static StageSeconds Of(StageTimings timings, TimeSpan encode) =>
        new(Seconds(timings.Load), Seconds(timings.Text), Seconds(timings.Sampling), Seconds(timings.Decode), Seconds(timings.Native), Seconds(timings.Total), Seconds(encode));

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 4);
}

/// <summary>A row of <c>models --json</c>.</summary>
internal sealed record ModelOutput(string Kind, string Name, string Path, string? Hash, string? Sha256, string? Family, long Bytes, string? Problem);

/// <summary>What <c>bench --json</c> prints.</summary>
internal sealed record BenchOutput(
    string Model, string Hash, string Device, string Size, int Steps, string Sampler, double CfgScale, int Runs,
    StageSeconds Cold, BenchSeconds Warm, double OutsideRuntimeShare, double PeakResidentMb);

/// <summary>The warm pictures of a bench, stage by stage.</summary>
internal sealed record BenchSeconds(StageSeconds Median, StageSeconds Min, StageSeconds Max);

/// <summary>JSON as programs and people read it: camel case, indented, Chinese as it is. Written without reflection, for a quick start.</summary>
[JsonSerializable(typeof(DrawOutput))]
[JsonSerializable(typeof(IReadOnlyList<ModelOutput>))]
[JsonSerializable(typeof(BenchOutput))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    /// <summary>The one to write with.</summary>
    public static OutputJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
