using System.Diagnostics.Metrics;

namespace DiffusionBot.Generation.Jobs;

/// <summary>What is counted: the meter `DiffusionBot.Generation`.</summary>
internal sealed class GenerationMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "DiffusionBot.Generation";

    private readonly Counter<long> accepted, refused, drawn, failed, cancelled, deliveries;
    private readonly Histogram<double> seconds;
    private int queueLength;

    public GenerationMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        accepted = meter.CreateCounter<long>("diffusionbot.requests.accepted", "{request}", "Requests accepted");
        refused = meter.CreateCounter<long>("diffusionbot.requests.refused", "{request}", "Requests refused, by limit");
        drawn = meter.CreateCounter<long>("diffusionbot.pictures.drawn", "{picture}", "Pictures drawn and stored");
        failed = meter.CreateCounter<long>("diffusionbot.requests.failed", "{request}", "Requests given up");
        cancelled = meter.CreateCounter<long>("diffusionbot.requests.cancelled", "{request}", "Requests called off");
        deliveries = meter.CreateCounter<long>("diffusionbot.delivery.attempts", "{attempt}", "Attempts to deliver, by what became of them");
        seconds = meter.CreateHistogram<double>("diffusionbot.picture.duration", "s", "Seconds a picture, loading the model included");
        meter.CreateObservableGauge("diffusionbot.queue.length", () => Volatile.Read(ref queueLength), "{request}", "Requests that wait, in all hosts");
    }

    /// <summary>As last looked at.</summary>
    public int QueueLength
    {
        get => Volatile.Read(ref queueLength);
        set => Volatile.Write(ref queueLength, value);
    }

    public void Accepted(string place) => accepted.Add(1, KeyValuePair.Create<string, object?>("place", place));

    public void Refused(RequestLimit limit) => refused.Add(1, KeyValuePair.Create<string, object?>("limit", limit.ToString()));

    public void Drawn(int pictures, TimeSpan took)
    {
        drawn.Add(pictures);
        if (pictures > 0) seconds.Record(took.TotalSeconds / pictures);
    }

    public void Failed() => failed.Add(1);

    public void Cancelled() => cancelled.Add(1);

    public void Delivery(string verdict) => deliveries.Add(1, KeyValuePair.Create<string, object?>("verdict", verdict));
}
