using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Networks;

/// <summary>Finds LoRAs as WebUI does: by file name, by the name that the file gives itself, where only one does, and by hash where a parameter text has one.</summary>
internal static class LoraSearch
{
    /// <summary>Nobody means a file by these.</summary>
    private static readonly string[] noAliases = ["none", "addams"];

    /// <summary>The file, or null.</summary>
    /// <param name="files">All LoRAs.</param>
    /// <param name="name">As the prompt has it.</param>
    /// <param name="hash">The first 12 digits that a text says it hashes to; null: it says none.</param>
    /// <param name="notes">Told where the file of the name is another one.</param>
    /// <param name="cancel">Stops the hashing of files not seen before.</param>
    public static async Task<ModelFile?> FindAsync(IReadOnlyList<ModelFile> files, string name, string? hash, ICollection<LocalText> notes, CancellationToken cancel)
    {
        var named = ByName(files, name);
        if (hash is null || (named is not null && await IsAsync(named, hash, cancel))) return named;
        foreach (var file in files)
        {
            if (file != named && await IsAsync(file, hash, cancel)) return file;
        }
        if (named is not null)
        {
            var (used, printed) = ((await named.LoraHashAsync(cancel))[..LoraHashes.Digits], ModelFileAccess.Printable(name));
            notes.Add(new(
                $"The text was made with a LoRA {printed} of hash {hash}; drawn with the one here, of hash {used}. The picture will differ.",
                $"这段参数所用的 LoRA {printed} 哈希是 {hash}，实际使用的是这里的文件（哈希 {used}），画面会有所不同。"));
        }
        return named;
    }

    private static ModelFile? ByName(IReadOnlyList<ModelFile> files, string name)
    {
        if (files.LastOrDefault(f => f.Name == name) is { } exact) return exact;
        if (noAliases.Contains(name, StringComparer.OrdinalIgnoreCase)) return null;
        if (files.Where(f => f.Alias == name).Take(2).ToList() is [var only]) return only;
        // WebUI knows no other ways; people do: a folder before it, an extension behind it, other case.
        Func<ModelFile, string>[] ways = [f => f.RelativeName, f => Path.ChangeExtension(f.RelativeName, null), f => f.FileName, f => f.Name];
        var slashed = name.Replace('\\', '/');
        return ways.Select(way => files.FirstOrDefault(f => way(f).Equals(slashed, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(f => f is not null);
    }

    private static async Task<bool> IsAsync(ModelFile file, string hash, CancellationToken cancel)
    {
        try
        {
            return (await file.LoraHashAsync(cancel)).StartsWith(hash, StringComparison.Ordinal);
        }
        catch (InvalidCheckpointException)
        {
            return false;   // an unreadable file is not the one
        }
    }
}
