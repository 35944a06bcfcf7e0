using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using DiffusionBot.Engine;

namespace DiffusionBot.Generation.Presets;

/// <summary>
/// The styles in a folder: the rows of its files `styles*.csv`, as WebUI writes them, with the columns name, prompt and negative_prompt. They are read at each call: they are small, and
/// whoever edits them sees at once what they do.
/// </summary>
/// <param name="folder">Need not be there.</param>
public sealed class StyleLibrary(string folder)
{
    /// <summary>A file of more bytes than this is not read.</summary>
    internal const int MaxBytes = 1 << 20;

    /// <summary>More styles are not listed.</summary>
    internal const int MaxStyles = 2000;

    /// <summary>What stands between the names of several.</summary>
    private const char And = '+';

    private static readonly CsvConfiguration format = new(CultureInfo.InvariantCulture)
    {
        PrepareHeaderForMatch = header => header.Header.Trim().ToUpperInvariant(),
        MissingFieldFound = null,
        HeaderValidated = null,
        BadDataFound = null,
    };

    /// <summary>All, by file and row; of two with one name the first.</summary>
    public IReadOnlyList<Style> All => Read().All;

    /// <summary>What is amiss with files, for the operator. May be empty.</summary>
    public IReadOnlyList<string> Problems => Read().Problems;

    /// <summary>A request in the named styles, one after another; what is no style is told and left out.</summary>
    /// <param name="request">Any.</param>
    /// <param name="names">One name, or several with + between them.</param>
    /// <param name="notes">For the one who asks.</param>
    public ImageRequest Over(ImageRequest request, string names, ICollection<LocalText> notes)
    {
        var all = All;
        foreach (var name in Find(all, names) is null ? names.Split(And, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [names])
        {
            if (Find(all, name) is { } style) request = style.Over(request);
            else notes.Add(NoStyle(name, all));
        }
        return request;
    }

    /// <summary>Whether there is a style of exactly this name, in any case.</summary>
    public bool Has(string name) => Find(All, name) is not null;

    private static Style? Find(IReadOnlyList<Style> all, string name) => all.FirstOrDefault(style => style.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));

    private static LocalText NoStyle(string name, IReadOnlyList<Style> all)
    {
        var near = all.Where(style => Spelling.Distance(style.Name.ToUpperInvariant(), name.ToUpperInvariant()) <= name.Length / 2).Select(style => style.Name).Take(3).ToList();
        return near.Count == 0
            ? new LocalText($"There is no style “{name}”; it was left out.", $"没有“{name}”这个风格，已略过。")
            : new LocalText($"There is no style “{name}”; names like it: {string.Join(", ", near)}. It was left out.", $"没有“{name}”这个风格，名称相近的有：{string.Join("、", near)}。已略过。");
    }

    private (IReadOnlyList<Style> All, IReadOnlyList<string> Problems) Read()
    {
        var (styles, problems) = (new OrderedDictionary<string, Style>(StringComparer.OrdinalIgnoreCase), new List<string>());
        if (!Directory.Exists(folder)) return ([], problems);
        foreach (var path in Directory.EnumerateFiles(folder, "styles*.csv").Order(StringComparer.Ordinal))
        {
            try
            {
                foreach (var style in ReadFile(path))
                {
                    if (styles.Count == MaxStyles) return ([.. styles.Values], [.. problems, $"{path}: there are more than {MaxStyles} styles; the others are not looked at."]);
                    styles.TryAdd(style.Name, style);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException or CsvHelperException or InvalidDataException)
            {
                problems.Add($"{path}: cannot be read as styles: {e.Message.Split('\n')[0]}");
            }
        }
        return ([.. styles.Values], problems);
    }

    private static IEnumerable<Style> ReadFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > MaxBytes) throw new InvalidDataException($"{stream.Length} bytes; the limit is {MaxBytes}.");
        using var text = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true));
        using var rows = new CsvReader(text, format);
        if (!rows.Read() || !rows.ReadHeader()) yield break;
        if (rows.HeaderRecord is not { } header || !header.Any(column => column.Trim().Equals("name", StringComparison.OrdinalIgnoreCase)))
            throw new InvalidDataException($"expected the columns name, prompt, negative_prompt; found {string.Join(", ", rows.HeaderRecord ?? [])}.");
        while (rows.Read())
        {
            var name = rows.GetField("name")?.Trim() ?? "";
            // WebUI's oldest files have one column of words; rows of dashes are its dividers.
            var prompt = rows.GetField("prompt") ?? rows.GetField("text") ?? "";
            var negative = rows.GetField("negative_prompt") ?? "";
            if (name.Length > 0 && (prompt.Length > 0 || negative.Length > 0)) yield return new Style(name, prompt, negative);
        }
    }
}
