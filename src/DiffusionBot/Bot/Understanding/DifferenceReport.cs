using System.Text.RegularExpressions;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Networks;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What of a recipe this bot has, and what takes the place of the rest.</summary>
/// <param name="Request">The request with what there is: it can be drawn, as far as names go.</param>
/// <param name="Lines">What is missing, what is used instead, what is not drawn yet. Empty: everything is there.</param>
/// <param name="SeedMatches">Whether the same seed gives the same picture.</param>
internal sealed record DifferenceReport(ImageRequest Request, IReadOnlyList<LocalText> Lines, bool SeedMatches)
{
    private static readonly Regex networkTag = new(@"<(?<kind>lora|lyco|hypernet):(?<name>[^:<>]+)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Compares a request with what there is.</summary>
    /// <param name="request">As asked.</param>
    /// <param name="recipe">The text that it comes from, for what a request cannot hold.</param>
    /// <param name="models">What there is.</param>
    /// <param name="cancel">Stops the hashing of files not seen before.</param>
    public static async Task<DifferenceReport> MakeAsync(ImageRequest request, InfotextValues recipe, ModelIndex models, CancellationToken cancel)
    {
        var lines = new List<LocalText>();
        request = await WithModelAsync(WithSampler(request, lines), models, lines, cancel);
        request = await WithVaeAsync(request, models, lines, cancel);
        await TellNetworksAsync(request, recipe, models, lines, cancel);
        var notDrawn = InfotextMapping.NotDrawn(recipe).Where(label => label is not ("Lora hashes" or "TI hashes")).ToList();
        if (notDrawn.Count > 0) lines.Add(DifferenceTexts.NotDrawn(notDrawn));
        if (lines.Count > 0 && recipe.Parameters.ContainsKey("Seed")) lines.Add(DifferenceTexts.SeedDiffers);
        return new DifferenceReport(request, lines, lines.Count == 0);
    }

    private static ImageRequest WithSampler(ImageRequest request, List<LocalText> lines)
    {
        var match = ImageEngine.MatchSampler(request.Sampler, request.Schedule);
        if (!match.KnowsSampler) lines.Add(DifferenceTexts.Sampler(request.Sampler, match.Sampler));
        // A schedule may stand behind the sampler's name.
        if (!match.KnowsSchedule) lines.Add(DifferenceTexts.Schedule(request.Schedule == new ImageRequest().Schedule ? request.Sampler : request.Schedule, match.Schedule));
        return match is { KnowsSampler: true, KnowsSchedule: true } ? request : request with { Sampler = match.Sampler, Schedule = match.Schedule };
    }

    private static async Task<ImageRequest> WithModelAsync(ImageRequest request, ModelIndex models, List<LocalText> lines, CancellationToken cancel)
    {
        if (request.Checkpoint is null && request.CheckpointHash is null) return request;
        var byHash = request.CheckpointHash is { } hash && IsHash(hash) ? await FindAsync(models, hash, cancel) : null;
        if (byHash is { Problem: null }) return request;
        var byName = byHash is null && request.Checkpoint is { Length: > 0 } name ? await FindAsync(models, name, cancel) : null;
        if (byName is { Problem: null })
        {
            if (request.CheckpointHash is not { } asked) return request;
            lines.Add(DifferenceTexts.OtherHash(request.Checkpoint!, asked, byName.Name, await byName.HashAsync(cancel)));
            return request with { CheckpointHash = null };
        }

        var named = Named(request.Checkpoint, request.CheckpointHash);
        var instead = await DefaultAsync(models, cancel);
        var near = request.Checkpoint is null ? [] : Nearest(models.Files(ModelKind.Checkpoint), request.Checkpoint);
        lines.Add((byHash ?? byName) is not null ? DifferenceTexts.ModelNotDrawn(named, instead) : DifferenceTexts.NoModel(named, instead, near));
        return request with { Checkpoint = null, CheckpointHash = null };
    }

    private static async Task<ImageRequest> WithVaeAsync(ImageRequest request, ModelIndex models, List<LocalText> lines, CancellationToken cancel)
    {
        if (request.Vae is not { } vae) return request;
        try
        {
            if (await models.FindVaeAsync(vae, null, cancel) is not { IsReadable: false }) return request;
        }
        catch (InvalidRequestException)
        {
            // There is none; said below.
        }
        lines.Add(DifferenceTexts.NoVae(vae, Nearest(models.Files(ModelKind.Vae), vae)));
        return request with { Vae = "None" };
    }

    private static async Task TellNetworksAsync(ImageRequest request, InfotextValues recipe, ModelIndex models, List<LocalText> lines, CancellationToken cancel)
    {
        foreach (var (kind, name) in Tags(request.Prompt).Concat(Tags(request.NegativePrompt)).Concat(Embeddings(recipe)).Distinct())
        {
            var isHere = kind == ModelKind.Lora
                ? await ImageEngine.FindLoraAsync(models, name, request.LoraHashes, cancel) is not null
                : models.Files(kind).Any(file => file.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (!isHere) lines.Add(NetworkTexts.Missing(kind, name));
        }
    }

    private static IEnumerable<(ModelKind Kind, string Name)> Tags(string prompt) => networkTag.Matches(prompt)
        .Select(tag => (tag.Groups["kind"].Value.Equals("hypernet", StringComparison.OrdinalIgnoreCase) ? ModelKind.Hypernetwork : ModelKind.Lora, tag.Groups["name"].Value.Trim()));

    /// <summary>`TI hashes: "easynegative: c74b4e810b03, other: …"`.</summary>
    private static IEnumerable<(ModelKind Kind, string Name)> Embeddings(InfotextValues recipe) => recipe.Parameters.GetValueOrDefault("TI hashes", "")
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(entry => (ModelKind.Embedding, entry.Split(':')[0].Trim()));

    private static async Task<ModelFile?> FindAsync(ModelIndex models, string nameOrHash, CancellationToken cancel)
    {
        try
        {
            return await models.FindCheckpointAsync(nameOrHash, cancel);
        }
        catch (InvalidRequestException)
        {
            return null;   // none, or more than one
        }
    }

    private static async Task<string?> DefaultAsync(ModelIndex models, CancellationToken cancel)
    {
        try
        {
            return (await models.DefaultCheckpointAsync(cancel)).Name;
        }
        catch (InvalidRequestException)
        {
            return null;
        }
    }

    /// <summary>Up to three names that contain what was asked for or are spelt like it.</summary>
    private static IReadOnlyList<string> Nearest(IReadOnlyList<ModelFile> files, string name) =>
    [
        .. files.Select(file => (file.Name, Distance: file.Name.Contains(name, StringComparison.OrdinalIgnoreCase) ? 0 : Spelling.Distance(file.Name, name)))
            .Where(p => p.Distance <= Math.Max(2, name.Length / 3)).OrderBy(p => p.Distance).Select(p => p.Name).Distinct(StringComparer.Ordinal).Take(3),
    ];

    private static string Named(string? name, string? hash) => name is null ? $"[{hash}]" : hash is null ? name : $"{name} [{hash}]";

    private static bool IsHash(string text) => text.Length is 8 or 10 or 64 && text.All(char.IsAsciiHexDigit);
}
