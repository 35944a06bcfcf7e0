using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Bot.Understanding;

/// <summary>From all that has a say to one request: model, place, user, preset, infotext, flag; the later goes before the earlier.</summary>
internal static class RequestLayers
{
    /// <summary>What WebUI always writes: a text with all of these says everything, and what is not in it is as WebUI has it without.</summary>
    private static readonly string[] alwaysWritten = ["Steps", "Sampler", "CFG scale", "Seed"];

    /// <summary>A request that begins anew.</summary>
    /// <param name="place">The place's defaults.</param>
    /// <param name="user">The user's defaults.</param>
    /// <param name="preset">The preset's recipe; null: none. Own words take the place of its prompt.</param>
    /// <param name="words">What was said.</param>
    /// <param name="notes">For the one who asked. May be empty.</param>
    public static ImageRequest Build(FlagSet place, FlagSet user, InfotextValues? preset, DrawingWords words, out IReadOnlyList<LocalText> notes)
    {
        var found = new List<LocalText>();
        var request = place.With(user).Over(new ImageRequest());
        if (preset is not null) request = WithRecipe(request, preset, found);
        request = WithWords(request, words, found);
        notes = found;
        return request;
    }

    /// <summary>A request changed by new words or flags: words take the place of the prompt, words behind `..` are added to it.</summary>
    public static ImageRequest Change(ImageRequest request, DrawingWords words, out IReadOnlyList<LocalText> notes)
    {
        var found = new List<LocalText>();
        request = WithWords(request, words, found);
        notes = found;
        return request;
    }

    private static ImageRequest WithWords(ImageRequest request, DrawingWords words, List<LocalText> notes)
    {
        var changed = words.Flags.Over(WithRecipe(request, words.Recipe, notes));
        if (words.Recipe.NegativePrompt is { Length: > 0 } negative && !changed.NegativePrompt.Contains(negative, StringComparison.Ordinal))
        {
            notes.Add(new LocalText(
                $"--no goes before the negative prompt of the text, which was: {negative}",
                $"以 --no 为准，文中原来的反向提示词是：{negative}"));
        }
        return changed;
    }

    private static ImageRequest WithRecipe(ImageRequest request, InfotextValues recipe, List<LocalText> notes)
    {
        var saysAll = Array.TrueForAll(alwaysWritten, recipe.Parameters.ContainsKey);
        // Nobody's defaults are in a recipe that says everything; which model to take where it names none is not in it either.
        var basis = saysAll
            ? new ImageRequest { Checkpoint = request.Checkpoint, CheckpointHash = request.CheckpointHash, BatchCount = request.BatchCount, BatchSize = request.BatchSize, Width = request.Width, Height = request.Height, Aspect = request.Aspect }
            : request;
        return InfotextMapping.ToRequest(recipe, basis, notes) with
        {
            Prompt = Joined(request.Prompt, recipe.Prompt),
            NegativePrompt = saysAll && recipe.NegativePrompt.Length == 0 ? "" : Joined(request.NegativePrompt, recipe.NegativePrompt),
        };
    }

    /// <summary>New words after old ones: in their place, or behind them where they begin with dots. No words change nothing.</summary>
    private static string Joined(string before, string words)
    {
        var more = words.TrimStart('.', '。', '…');
        var dots = words.Length - more.Length;
        if (dots < 2 && !words.StartsWith('…')) return words.Length == 0 ? before : words;
        more = more.TrimStart([' ', '\t', '\n', '\r', '\u3000', ',', '，', '、']);
        if (more.Length == 0) return before;
        return before.Length == 0 ? more : $"{before}, {more}";
    }
}
