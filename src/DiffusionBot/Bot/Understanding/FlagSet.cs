using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>Values for a request by the names of flags: out of a message, a user's defaults, a place's defaults.</summary>
internal sealed class FlagSet
{
    /// <summary>What a negative prompt begins with that is added to the one that is there, and what stands between the two.</summary>
    private const string More = "..";
    private const string Comma = ", ";

    private readonly OrderedDictionary<string, string> values;

    private FlagSet(OrderedDictionary<string, string> values) => this.values = values;

    public static FlagSet Empty { get; } = new(new OrderedDictionary<string, string>(StringComparer.Ordinal));

    public int Count => values.Count;

    /// <summary>The value of the flag `preset`; null where it is not there.</summary>
    public string? Preset => values.GetValueOrDefault("preset");

    /// <summary>Whether a picture is to be drawn from.</summary>
    public bool UsesPicture => values.ContainsKey("init") || values.ContainsKey("inpaint");

    /// <summary>The value of the flag `style`; null where it is not there.</summary>
    public string? Style => values.GetValueOrDefault("style");

    /// <summary>Whether the prompt is to be drawn untranslated.</summary>
    public bool AsIs => values.ContainsKey("as-is");

    /// <summary>Out of names and values as settings keep them; what is no flag or no value for it is told in <paramref name="problems"/> and left out.</summary>
    public static FlagSet FromPairs(IEnumerable<KeyValuePair<string, string>> pairs, out IReadOnlyList<LocalText> problems)
    {
        var (set, found) = (Empty, new List<LocalText>());
        foreach (var (name, text) in pairs)
        {
            if (Flags.Find(name) is not { IsKept: true } flag)
            {
                found.Add(FlagTexts.NoSetting(name, Flags.Nearest(name, kept: true)));
                continue;
            }
            var value = text.Trim();
            if (Canonical(flag, value) is { } canonical) set = set.With(flag, canonical);
            else found.Add(FlagTexts.BadValue($"--{flag.Name}", value, flag.Kind.Expected));
        }
        problems = found;
        return set;
    }

    /// <summary>A value that is all of a text; null: it is none.</summary>
    private static string? Canonical(Flag flag, string text)
    {
        if (flag.Kind == FlagKind.None) return text.Equals("true", StringComparison.OrdinalIgnoreCase) ? "true" : null;
        // No negative prompt is one too: it goes before another one.
        if (flag.Kind.IsText) return text.Length > 0 || flag.Kind == FlagKind.Words ? text : null;
        var read = flag.Kind.Read(text);
        return read.Length == text.Length ? read.Value : null;
    }

    /// <summary>Canonical English names and values, as <see cref="FromPairs"/> reads them.</summary>
    public IReadOnlyDictionary<string, string> ToPairs() => values;

    /// <summary>Both, the other one's values before this one's.</summary>
    public FlagSet With(FlagSet other)
    {
        var set = this;
        // A ratio asks for another size than the one that is there.
        if (other.values.ContainsKey("ar")) set = set.Without("size").Without("width").Without("height");
        foreach (var (name, value) in other.values) set = set.With(Flags.Find(name)!, value);
        return set;
    }

    /// <summary>These without the flag of that name.</summary>
    public FlagSet Without(string name)
    {
        if (!values.ContainsKey(name)) return this;
        var rest = new OrderedDictionary<string, string>(values, StringComparer.Ordinal);
        rest.Remove(name);
        return new FlagSet(rest);
    }

    /// <summary>The request with these values. Values out of range are left as they are asked for: limits are somebody else's.</summary>
    public ImageRequest Over(ImageRequest request)
    {
        foreach (var flag in Flags.All)
        {
            if (flag.Change is not { } change || !values.TryGetValue(flag.Name, out var value)) continue;
            request = flag.Name switch
            {
                "no" => request with { NegativePrompt = Joined(request.NegativePrompt, value) },
                "ar" => Proportioned(change(request, value)),
                _ => change(request, value),
            };
        }
        return request;
    }

    /// <summary>These and one more; of edges and sizes, what is said last.</summary>
    internal FlagSet With(Flag flag, string value)
    {
        var set = new OrderedDictionary<string, string>(values, StringComparer.Ordinal);
        var name = flag.Name;
        if (name is "width" or "height")
        {
            var isWidth = name == "width";
            var other = set.TryGetValue("size", out var size) ? size.Split('x')[isWidth ? 1 : 0] : set.GetValueOrDefault(isWidth ? "height" : "width");
            if (other is not null) (name, value) = ("size", isWidth ? $"{value}x{other}" : $"{other}x{value}");
        }
        if (name == "size")
        {
            set.Remove("width");
            set.Remove("height");
            set.Remove("ar");
        }
        if (name == "ar" && set.ContainsKey("size")) return this;
        if (name == "no" && set.TryGetValue("no", out var before)) value = Joined(before, value);
        set.Remove(name);
        set.Add(name, value);
        return new FlagSet(set);
    }

    /// <summary>A negative prompt after another: instead of it, or behind it where it begins with `..`. One that itself waits to be added still does.</summary>
    private static string Joined(string before, string value)
    {
        if (!value.StartsWith(More, StringComparison.Ordinal)) return value;
        var more = value[More.Length..].Trim();
        if (more.Length == 0) return before;
        return before.Length == 0 ? more : before + Comma + more;
    }

    /// <summary>The request in its new ratio: beside the edge that is given, else at the area that it has, else at the model's own.</summary>
    private ImageRequest Proportioned(ImageRequest request)
    {
        var ratio = request.Aspect!.Value;
        if (values.ContainsKey("width")) return request with { Height = ratio.HeightFor(request.Width!.Value), Aspect = null };
        if (values.ContainsKey("height")) return request with { Width = ratio.WidthFor(request.Height!.Value), Aspect = null };
        if (request is not { Width: { } wide, Height: { } high }) return request with { Width = null, Height = null };
        var (width, height) = ratio.AtAreaOf(wide, high);
        return request with { Width = width, Height = height, Aspect = null };
    }
}
