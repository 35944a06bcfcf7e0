namespace DiffusionBot.Engine.Checkpoints;

/// <summary>Finds a model by what people write for it, in WebUI's order: names, then hashes, then a part of the title.</summary>
internal static class ModelSearch
{
    private const int MaxListed = 10;

    /// <exception cref="InvalidRequestException">None, or more than one.</exception>
    public static async Task<ModelFile> FindAsync(IReadOnlyList<ModelFile> files, LocalText what, string wanted, CancellationToken cancel)
    {
        var name = wanted.Trim();
        var listed = Listed(files, what);
        if (name.Length == 0)
            throw new InvalidRequestException(new($"The name of a {what.English} is empty; {listed.English}.", $"没有写{Spaced(what)}的名称；{listed.Chinese}。"));
        if (OnlyOne(ByName(files, name), what, name) is { } named) return named;

        if (IsHash(name))
        {
            if (await ByHashAsync(files, name, cancel) is { } hashed) return hashed;
        }
        else if (TrySplitTitle(name, out var stem, out var hash))
        {
            // A title's hash decides between files of one name; where no hash agrees the name alone does, as in WebUI.
            var candidates = ByName(files, stem);
            if (await ByHashAsync(candidates, hash, cancel) is { } exact) return exact;
            if (OnlyOne(candidates, what, name) is { } sameName) return sameName;
            if (await ByHashAsync(files, hash, cancel) is { } renamed) return renamed;
        }

        var parts = files.Where(file => file.Title.Contains(name, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (OnlyOne(parts, what, name) is { } part) return part;
        var (printed, near) = (ModelFileAccess.Printable(name), Near(files, name));
        throw new InvalidRequestException(new(
            $"There is no {what.English} '{printed}'; {near.English}{listed.English}.", $"没有名为“{printed}”的{Spaced(what).TrimEnd()}；{near.Chinese}{listed.Chinese}。"));
    }

    /// <summary>Matches of the first way of naming that gives any: path, name as written, name in other case.</summary>
    private static ModelFile[] ByName(IReadOnlyList<ModelFile> files, string name)
    {
        var slashed = name.Replace('\\', '/');
        foreach (var comparison in (ReadOnlySpan<StringComparison>)[StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase])
        {
            foreach (var nameOf in NamesOf)
            {
                var matches = files.Where(file => nameOf(file).Equals(slashed, comparison)).ToArray();
                if (matches.Length > 0) return matches;
            }
        }
        return [];
    }

    private static readonly Func<ModelFile, string>[] NamesOf =
    [
        file => file.Path.Replace('\\', '/'),
        file => file.RelativeName,
        file => Path.ChangeExtension(file.RelativeName, null),
        file => file.FileName,
        file => file.Name,
    ];

    /// <summary>By 10 or 64 digits of the SHA-256, or by the 8 of old. What is known already is asked first; then files are read until one agrees.</summary>
    private static async Task<ModelFile?> ByHashAsync(IReadOnlyList<ModelFile> files, string hash, CancellationToken cancel)
    {
        var digits = hash.ToLowerInvariant();
        foreach (var file in files)
        {
            if (file.KnownHash is { } known && digits.StartsWith(known, StringComparison.Ordinal) && await IsAsync(file, digits, cancel)) return file;
        }
        foreach (var file in files)
        {
            if (digits.Length == ModelHashes.OldDigits || file.KnownHash is null)
            {
                if (await IsAsync(file, digits, cancel)) return file;
            }
        }
        return null;
    }

    private static async Task<bool> IsAsync(ModelFile file, string digits, CancellationToken cancel)
    {
        try
        {
            var hash = digits.Length == ModelHashes.OldDigits ? ModelHashes.Old(file.Path) : await file.Sha256Async(cancel);
            return hash.StartsWith(digits, StringComparison.Ordinal);
        }
        catch (InvalidCheckpointException)
        {
            return false;   // an unreadable file is not the one; those that can be read are still asked
        }
    }

    /// <summary>The one match; where torch's format of a model lies beside its .safetensors, the latter. Null for none.</summary>
    private static ModelFile? OnlyOne(IReadOnlyList<ModelFile> matches, LocalText what, string name)
    {
        if (matches.Count <= 1) return matches.Count == 0 ? null : matches[0];
        var safe = matches.Where(file => Path.GetExtension(file.Path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (safe is [var one] && matches.All(file => Path.ChangeExtension(file.Path, null) == Path.ChangeExtension(one.Path, null))) return one;
        var (printed, found) = (ModelFileAccess.Printable(name), Join(matches.Select(Distinct(matches))));
        throw new InvalidRequestException(new(
            $"'{printed}' can be more than one {what.English}: {found.English}; expected a name that fits only one.",
            $"“{printed}”对应不止一个{Spaced(what).TrimEnd()}：{found.Chinese}；请写一个只对应其中一个的名称。"));
    }

    private static Func<ModelFile, string> Distinct(IReadOnlyList<ModelFile> files) =>
        files.Select(file => file.RelativeName).Distinct(StringComparer.Ordinal).Count() == files.Count ? file => file.RelativeName : file => file.Path;

    private static LocalText Listed(IReadOnlyList<ModelFile> files, LocalText what)
    {
        if (files.Count == 0) return new($"there is no {what.English} at all", $"现在一个{Spaced(what)}也没有");
        var names = Join(files.Select(file => file.Name));
        return new($"there is {names.English}", $"现有：{names.Chinese}");
    }

    /// <summary>Latin letters stand between spaces in Chinese.</summary>
    private static string Spaced(LocalText what) => char.IsAscii(what.Chinese[0]) ? $" {what.Chinese} " : what.Chinese;

    private static LocalText Near(IReadOnlyList<ModelFile> files, string name)
    {
        var near = files.Select(file => (file.Name, Distance: Spelling.Distance(file.Name, name)))
            .Where(pair => pair.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(pair => pair.Distance).Take(3).Select(pair => pair.Name).ToArray();
        if (near.Length == 0) return "";
        return new($"nearest: {string.Join(", ", near)}; ", $"最接近的有：{string.Join("、", near)}；");
    }

    private static LocalText Join(IEnumerable<string> names)
    {
        var all = names.Distinct(StringComparer.Ordinal).ToArray();
        var listed = all.Take(MaxListed).ToArray();
        var more = all.Length - listed.Length;
        return new(
            string.Join(", ", listed) + (more > 0 ? $" and {more} more" : ""),
            string.Join("、", listed) + (more > 0 ? $" 等 {all.Length} 个" : ""));
    }

    private static bool IsHash(string text) =>
        text.Length is ModelHashes.OldDigits or ModelHashes.ShortDigits or 64 && text.All(char.IsAsciiHexDigit);

    /// <summary>`x.safetensors [4a44d18e42]` into its two parts.</summary>
    private static bool TrySplitTitle(string title, out string name, out string hash)
    {
        var bracket = title.LastIndexOf('[');
        if (bracket > 0 && title[^1] == ']')
        {
            (name, hash) = (title[..bracket].TrimEnd(), title[(bracket + 1)..^1]);
            return name.Length > 0 && IsHash(hash);
        }
        (name, hash) = ("", "");
        return false;
    }
}
