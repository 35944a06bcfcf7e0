using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Bot.Understanding;

/// <summary>From all that has a say to one request: model, place, user, preset, infotext, flag; the later goes before the earlier.</summary>
internal static class RequestLayers
{
    /// <summary>A request that begins anew.</summary>
    /// <param name="place">The place's defaults.</param>
    /// <param name="user">The user's defaults.</param>
    /// <param name="preset">The preset's recipe; null: none. Own words take the place of its prompt.</param>
    /// <param name="words">What was said.</param>
    /// <param name="notes">For the one who asked. May be empty.</param>
    public static ImageRequest Build(FlagSet place, FlagSet user, InfotextValues? preset, DrawingWords words, out IReadOnlyList<LocalText> notes) => throw new NotSupportedException();

    /// <summary>A request changed by new words or flags: words take the place of the prompt, words behind `..` are added to it.</summary>
    public static ImageRequest Change(ImageRequest request, DrawingWords words, out IReadOnlyList<LocalText> notes) => throw new NotSupportedException();
}
