namespace DiffusionBot.Chat.Tests.Discord.Commands;

/// <summary>Suggestions that a test chose, and what was asked for.</summary>
internal sealed class ScriptedSuggestions(params Suggestion[] found) : ISuggestions
{
    public List<(SuggestionKind Kind, string Typed, string UserId, string Language)> Asked { get; } = [];

    public Task<IReadOnlyList<Suggestion>> SuggestAsync(SuggestionKind kind, string typed, string userId, string language, CancellationToken cancel)
    {
        Asked.Add((kind, typed, userId, language));
        return Task.FromResult<IReadOnlyList<Suggestion>>(found);
    }
}
