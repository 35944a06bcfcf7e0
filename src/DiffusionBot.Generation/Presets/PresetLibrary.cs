using DiffusionBot.Engine;

namespace DiffusionBot.Generation.Presets;

/// <summary>The presets that lie in a folder, as it is at each call. For any number of threads.</summary>
/// <param name="folder">Need not be there. Folders in it are not looked into.</param>
/// <param name="clock">Says how old a file's last change is.</param>
public sealed class PresetLibrary(string folder, TimeProvider clock)
{
    /// <summary>More files are not looked at: a listing is a page and an answer in a chat.</summary>
    internal const int MaxFiles = 2000;

    // The coarsest clocks of file systems count 2 s: a file that changed this recently may change again unseen.
    private static readonly TimeSpan Coarse = TimeSpan.FromSeconds(3);

    private readonly string folder = Path.GetFullPath(folder);
    private readonly Lock gate = new();
    private Dictionary<string, Entry> known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All, in the order of their names.</summary>
    public IReadOnlyList<Preset> All => Look().All;

    /// <summary>What is amiss with files that are no presets, for the operator. May be empty.</summary>
    public IReadOnlyList<string> Problems => Look().Problems;

    /// <summary>
    /// The preset that a text begins with, by name or title in either language, however it is capitalised and spaced, and what stands behind it;
    /// the longest name wins. Null where there is none.
    /// </summary>
    public (Preset Preset, string After)? FindAtStart(string text)
    {
        text = text.Trim();
        var (best, length, end) = ((Preset?)null, 0, 0);
        foreach (var preset in All)
        {
            foreach (var name in Names(preset))
            {
                if (name.Length <= length || PresetName.EndIn(text, name) is not (> 0 and var at)) continue;
                (best, length, end) = (preset, name.Length, at);
            }
        }
        return best is null ? null : (best, text[end..].TrimStart([' ', '\t', '\r', '\n', '\u3000', ',', '，', '、', ':', '：', '。', ';', '；']));
    }

    /// <summary>Names that look like a text, nearest first; for an answer to a name that is of none.</summary>
    public IReadOnlyList<Preset> Nearest(string text, int count)
    {
        var wanted = PresetName.Fold(text);
        if (wanted.Length == 0) return [];
        return [.. All.Select(preset => (Preset: preset, Distance: Names(preset).Min(name => Distance(name, wanted))))
            .Where(p => p.Distance <= 0.5).OrderBy(p => p.Distance).Take(Math.Max(0, count)).Select(p => p.Preset)];
    }

    /// <summary>0 for a name that has the text in it, 1 for one that has nothing of it; own words may stand behind a name.</summary>
    private static double Distance(string name, string wanted)
    {
        if (name.Length == 0) return 1;
        if (wanted.Length > 1 && name.Contains(wanted, StringComparison.Ordinal)) return 0;
        var beginning = wanted[..Math.Min(wanted.Length, name.Length)];
        return (double)Math.Min(Spelling.Distance(name, wanted), Spelling.Distance(name, beginning)) / name.Length;
    }

    private static IEnumerable<string> Names(Preset preset) =>
        new[] { preset.Name, preset.Title.English, preset.Title.Chinese }.Select(PresetName.Fold).Distinct(StringComparer.Ordinal);

    private (IReadOnlyList<Preset> All, IReadOnlyList<string> Problems) Look()
    {
        lock (gate)
        {
            var problems = new List<string>();
            var found = Group(List(problems), problems);
            var now = clock.GetUtcNow().UtcDateTime;
            var next = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
            var all = new List<Preset>();
            foreach (var (name, files) in found)
            {
                var entry = known.TryGetValue(name, out var old) && old.IsOf(files) ? old : Read(files, now);
                next[name] = entry;
                if (entry.Preset is { } preset) all.Add(preset);
                if (entry.Problem is { } problem) problems.Add(problem);
            }
            known = next;
            return (all, problems);
        }
    }

    private static Entry Read(Files files, DateTime now)
    {
        var isSettled = new[] { files.Text, files.Picture }.All(f => f is null || now - f.Modified > Coarse);
        try
        {
            return new(files, isSettled, PresetFiles.Read(files.Text, files.Picture), null);
        }
        catch (InvalidPresetException e)
        {
            return new(files, isSettled, null, e.Message);
        }
    }

    /// <summary>The files that belong together, in the order of their names.</summary>
    private static SortedDictionary<string, Files> Group(List<PresetFile> files, List<string> problems)
    {
        var found = new SortedDictionary<string, Files>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in files.OrderBy(f => PresetFiles.Rank(f.Path)).ThenBy(f => f.Path, StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file.Path);
            var known = found.GetValueOrDefault(name);
            var isText = PresetFiles.Rank(file.Path) == 0;
            if ((isText ? known.Text : known.Picture) is { } first)
                problems.Add($"{file.Path}: this file is skipped: {Path.GetFileName(first.Path)} has the same name and goes before it.");
            else found[name] = isText ? known with { Text = file } : known with { Picture = file };
        }
        return found;
    }

    private List<PresetFile> List(List<string> problems)
    {
        var files = new List<PresetFile>();
        try
        {
            foreach (var info in new DirectoryInfo(folder).EnumerateFiles())
            {
                if (info.Name.StartsWith('.') || PresetFiles.Rank(info.Name) < 0) continue;
                if (files.Count == MaxFiles)
                {
                    problems.Add($"{folder}: there are more than {MaxFiles} files; the others are not looked at.");
                    break;
                }
                // A link's own size and time say nothing about the file.
                var target = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
                if (target is { Exists: true }) files.Add(new(info.FullName, target.Length, target.LastWriteTimeUtc));
            }
        }
        catch (DirectoryNotFoundException)
        {
            problems.Add($"{folder}: there is no such folder; expected one with presets.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{folder}: {e.Message}");
        }
        return files;
    }

    private readonly record struct Files(PresetFile? Text, PresetFile? Picture);

    private sealed record Entry(Files Files, bool IsSettled, Preset? Preset, string? Problem)
    {
        public bool IsOf(Files files) => IsSettled && Files == files;
    }
}
