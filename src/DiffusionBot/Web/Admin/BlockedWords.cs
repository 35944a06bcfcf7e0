using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Web.Admin;

/// <summary>The block list that the operator edits while the program runs; kept between runs, and the same on every host.</summary>
internal sealed class BlockedWords(SettingStore settings, PromptPolicy policy)
{
    public const int MostWords = 5000;

    private const int LongestWord = 100;
    private const string Setting = "blocked-words";

    private string? loaded;

    public async Task<IReadOnlyList<string>> GetAsync(CancellationToken cancel) => Split(await settings.GetAsync(Setting, cancel) ?? "");

    /// <summary>One a line.</summary>
    public async Task SetAsync(string lines, CancellationToken cancel)
    {
        var words = Split(lines);
        await settings.SetAsync(Setting, words.Count > 0 ? string.Join('\n', words) : null, cancel);
        await LoadAsync(cancel);
    }

    /// <summary>Takes over what was set, here or on another host.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        var now = await settings.GetAsync(Setting, cancel) ?? "";
        if (now == loaded) return;
        policy.SetRuntimeWords(Split(now));
        loaded = now;
    }

    private static List<string> Split(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(w => w.Length <= LongestWord).Distinct(StringComparer.Ordinal).Take(MostWords)];
}
