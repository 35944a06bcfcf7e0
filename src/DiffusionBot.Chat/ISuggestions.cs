namespace DiffusionBot.Chat;

/// <summary>What could be meant, while somebody types.</summary>
public interface ISuggestions
{
    /// <summary>What begins with, contains or resembles what was typed, best first; where nothing was typed, what is there. At most 25.</summary>
    /// <param name="kind">Of what.</param>
    /// <param name="typed">So far. May be empty.</param>
    /// <param name="userId">Who types (<see cref="ChatAuthor.Id"/>).</param>
    /// <param name="language">`zh` or `en`, or longer: `zh-CN`.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IReadOnlyList<Suggestion>> SuggestAsync(SuggestionKind kind, string typed, string userId, string language, CancellationToken cancel);
}

/// <summary>Something that could be meant.</summary>
/// <param name="Label">As shown, 1 to 100 characters.</param>
/// <param name="Value">As said, 1 to 100 characters.</param>
public sealed record Suggestion(string Label, string Value);

/// <summary>Of what there are suggestions.</summary>
public enum SuggestionKind
{
    /// <summary>Checkpoints, by name.</summary>
    Model,

    /// <summary>LoRA files, by name.</summary>
    Lora,

    /// <summary>Presets, shown by title.</summary>
    Preset,

    /// <summary>Styles, by name.</summary>
    Style,

    /// <summary>Samplers, by WebUI's names.</summary>
    Sampler,

    /// <summary>Schedules, by WebUI's names.</summary>
    Schedule,

    /// <summary>The user's requests that wait or are being drawn, by code.</summary>
    WaitingRequest,

    /// <summary>The user's requests that were drawn, by code, latest first.</summary>
    DrawnRequest,
}
