using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Generation.Translation;

/// <summary>A prompt for a model that knows only English.</summary>
/// <param name="Prompt">What is drawn.</param>
/// <param name="NegativePrompt">Likewise.</param>
/// <param name="IsChanged">Whether anything was translated.</param>
/// <param name="Unknown">Chinese words that were not known and stay as they are. May be empty.</param>
public sealed record TranslatedPrompt(string Prompt, string NegativePrompt, bool IsChanged, IReadOnlyList<string> Unknown);

/// <summary>Turns the Chinese parts of prompts into English, for checkpoints that were trained on English alone.</summary>
public sealed class PromptTranslator
{
    /// <summary>Whether a checkpoint reads Chinese: the option for it, else its own metadata (`languages`), else no.</summary>
    public bool ReadsChinese(ModelFile checkpoint) => throw new NotSupportedException();

    /// <summary>Whether there is anything to translate.</summary>
    public static bool HasChinese(string text) => throw new NotSupportedException();

    /// <summary>Translates what is Chinese; weights, brackets, escapes and `&lt;lora:…&gt;` stay as they are. Never fails: the word list is always there.</summary>
    public Task<TranslatedPrompt> TranslateAsync(string prompt, string negativePrompt, CancellationToken cancel = default) => throw new NotSupportedException();
}
