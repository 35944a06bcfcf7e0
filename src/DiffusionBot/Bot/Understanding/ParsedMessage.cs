using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What a message can ask for. Said as its first word, in Chinese or English.</summary>
internal enum Verb
{
    Draw, Preset, Info, Again, Vary, Upscale, Cancel, Queue, Models, Samplers, Settings, History, Collect, Delete, ForgetMe, Moderate, Help,
}

/// <summary>A message, understood.</summary>
/// <param name="Verb">Its first word, where that is one; null: it is a prompt.</param>
/// <param name="Rest">What stands behind the verb, as written and trimmed; all of the message where there is none. Of `U2` it is `2`.</param>
/// <param name="Words">
/// <paramref name="Rest"/> read as something to draw, without the code or number in front of it where the verb takes one. Of `settings` its flags are
/// those that were said without dashes too; <see cref="SettingsWords"/> knows more.
/// </param>
internal sealed record ParsedMessage(Verb? Verb, string Rest, DrawingWords Words);

/// <summary>Words that say what to draw.</summary>
/// <param name="Recipe">Prompt, negative prompt, and the parameters of a pasted infotext by WebUI's labels. No flag is in it.</param>
/// <param name="Flags">The flags, in the order written; of one that comes twice the last, but negative prompts together.</param>
/// <param name="AsIs">Whether the prompt is to be drawn untranslated.</param>
/// <param name="Warnings">What was not understood, and what was done instead. May be empty.</param>
internal sealed record DrawingWords(InfotextValues Recipe, FlagSet Flags, bool AsIs, IReadOnlyList<LocalText> Warnings)
{
    /// <summary>Whether nothing is said: no word, no parameter, no flag.</summary>
    public bool IsEmpty => Recipe.Prompt.Length == 0 && Recipe.NegativePrompt.Length == 0 && Recipe.Parameters.Count == 0 && Flags.Count == 0;
}
