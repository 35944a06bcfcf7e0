using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>What there is, while somebody types a part of its name.</summary>
internal sealed class Suggestions(ImageEngine engine, PresetLibrary presets, StyleLibrary styles, RequestQueue queue, PictureArchive archive) : ISuggestions
{
    private const int LongestText = 100;   // of a label or a value

    /// <summary>Requests that are looked through: whoever wants an older one knows its code.</summary>
    private const int MostRequests = 50;

    public async Task<IReadOnlyList<Suggestion>> SuggestAsync(SuggestionKind kind, string typed, string userId, string language, CancellationToken cancel)
    {
        var reader = language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese : Language.English;
        var there = kind switch
        {
            SuggestionKind.Model => Files(ModelKind.Checkpoint, file => Path.ChangeExtension(file.RelativeName, null)),
            SuggestionKind.Lora => Files(ModelKind.Lora, file => file.Name),
            SuggestionKind.Preset => presets.All.Select(p => new Nameable(p.Title.In(reader), p.Name, [p.Title.In(reader), p.Name, p.Title.English, p.Title.Chinese])),
            SuggestionKind.Style => styles.All.Select(style => Named(style.Name)),
            SuggestionKind.Sampler => ImageEngine.Samplers.Select(Named),
            SuggestionKind.Schedule => ImageEngine.Schedules.Select(Named),
            SuggestionKind.WaitingRequest => (await queue.WaitingAsync(userId, MostRequests, cancel)).Select(waiting => Of(waiting.Request)),
            SuggestionKind.DrawnRequest => (await archive.HistoryAsync(userId, MostRequests, cancel)).Where(request => request.Pictures.Count > 0).Select(Of),
            _ => [],
        };
        return [.. NearNames.Of(typed, there.Where(one => one.Value.Length is >= 1 and <= LongestText)).Select(one => new Suggestion(Cut(one.Label), one.Value))];
    }

    /// <param name="kind">Of which kind.</param>
    /// <param name="fullName">What to say where several are of one name.</param>
    private IEnumerable<Nameable> Files(ModelKind kind, Func<ModelFile, string> fullName) => engine.Models.Files(kind)
        .Where(file => file is { IsReadable: true, Problem: null }).GroupBy(file => file.Name, StringComparer.OrdinalIgnoreCase)
        .SelectMany(same => same.Skip(1).Any() ? same.Select(fullName).Distinct(StringComparer.OrdinalIgnoreCase) : [same.Key]).Select(Named);

    private static Nameable Named(string name) => new(name, name, [name]);

    private static Nameable Of(StoredRequest request)
    {
        var prompt = request.Prompt.ReplaceLineEndings(" ").Trim();
        return new Nameable(prompt.Length == 0 ? request.Code : $"{request.Code} · {prompt}", request.Code, [request.Code, prompt]);
    }

    private static string Cut(string label)
    {
        if (label.Length <= LongestText) return label;
        const int Kept = LongestText - 1;
        return $"{label[..(char.IsHighSurrogate(label[Kept - 1]) ? Kept - 1 : Kept)]}…";
    }
}
