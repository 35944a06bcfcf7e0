using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DiffusionBot.Web.Admin;

/// <summary>A glance at this program's meters: sums of what is counted, means of what is measured, since the start.</summary>
internal sealed class MeterGlance : IDisposable
{
    private const string Ours = "DiffusionBot", Prefix = "diffusionbot.";
    private const int MostRows = 200;

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, (double Sum, long Count, Instrument Instrument)> rows = new(StringComparer.Ordinal);

    public void Start()
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name.StartsWith(Ours, StringComparison.Ordinal)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Note(i, value, tags));
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
        listener.Start();
    }

    /// <summary>Names and values as of now.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Read()
    {
        listener.RecordObservableInstruments();
        return [.. rows.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => KeyValuePair.Create(r.Key, InWords(r.Value.Sum, r.Value.Count, r.Value.Instrument)))];
    }

    public void Dispose() => listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name.StartsWith(Prefix, StringComparison.Ordinal) ? instrument.Name[Prefix.Length..] : instrument.Name;
        foreach (var (key, tag) in tags) name += $" {key}={tag}";
        // Observed values stand for themselves; all others add up.
        var isState = instrument.IsObservable || instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);
        if (rows.Count >= MostRows && !rows.ContainsKey(name)) return;
        rows.AddOrUpdate(name, _ => (value, 1, instrument), (_, row) => isState ? (value, 1, instrument) : (row.Sum + value, row.Count + 1, instrument));
    }

    private static string InWords(double sum, long count, Instrument instrument)
    {
        var isMean = instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);
        var value = (isMean ? sum / count : sum).ToString(sum == Math.Floor(sum) && !isMean ? "0" : "0.###", CultureInfo.InvariantCulture);
        var unit = instrument.Unit is { Length: > 0 } u && !u.StartsWith('{') ? $" {u}" : "";
        return isMean ? $"{value}{unit} (×{count})" : value + unit;
    }
}
