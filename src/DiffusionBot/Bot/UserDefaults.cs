using System.Text.Json;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation;
using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Storage;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Bot;

/// <summary>A user's own defaults out of the row.</summary>
internal static class UserDefaults
{
    /// <summary>Names of flags to values; empty where there are none.</summary>
    public static IReadOnlyDictionary<string, string> Of(StoredUser user) =>
        user.Defaults.Length == 0 ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(user.Defaults) ?? [];
}

/// <summary>What goes for everybody in a place, read once.</summary>
internal sealed class PlaceDefaults
{
    private readonly Dictionary<string, FlagSet> defaults;

    public PlaceDefaults(IOptions<PlacesOptions> options)
    {
        defaults = options.Value.ToDictionary(place => place.Key, place => FlagSet.FromPairs(place.Value.Defaults, out _), StringComparer.OrdinalIgnoreCase);
        Languages = options.Value.ToDictionary(place => place.Key, place => place.Value.Language, StringComparer.OrdinalIgnoreCase);
    }

    private Dictionary<string, string?> Languages { get; }

    /// <summary>What requests there begin with.</summary>
    public FlagSet Of(string place) => defaults.GetValueOrDefault(place) ?? FlagSet.Empty;

    /// <summary>What to speak there to who has not chosen; null: as the message is written.</summary>
    public string? LanguageOf(string place) => Languages.GetValueOrDefault(place);
}

/// <summary>Stored orders, read back.</summary>
internal static class Orders
{
    /// <summary>What a request makes.</summary>
    public static DrawingOrder Of(StoredRequest request) => JsonSerializer.Deserialize<DrawingOrder>(request.Order)
        ?? throw new InvalidOperationException($"Request {request.Id}: its order is empty.");

    /// <summary>What draws one of a request's pictures alone.</summary>
    public static ImageRequest ImageOf(DrawingOrder order, StoredPicture picture)
    {
        // Its own variation seed is in its text alone: one that was to be drawn is not in the order.
        var drawn = InfotextMapping.ToRequest(StrictInfotextReader.Read(picture.Infotext), new ImageRequest(), out _);
        return order.Image with { BatchCount = 1, BatchSize = 1, Seed = picture.Seed, VariationSeed = drawn.VariationSeed, VariationStrength = drawn.VariationStrength };
    }

    /// <summary>Whether its pictures are to be covered: by what was drawn, and by what was written before it was translated.</summary>
    public static bool WantsSpoiler(this PromptPolicy policy, StoredRequest request) =>
        policy.WantsSpoiler(request.Place, request.Prompt) || (Of(request).WrittenPrompt is { } written && policy.WantsSpoiler(request.Place, written));
}
