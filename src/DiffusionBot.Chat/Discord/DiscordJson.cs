using System.Globalization;
using System.Text.Json;

namespace DiffusionBot.Chat.Discord;

/// <summary>Reads what Discord sent, which may be anything: what is missing, or of another type than expected, is null.</summary>
internal static class DiscordJson
{
    /// <summary>A property; null where there is none, its owner is no object, or one with a name that is no text (half a surrogate pair).</summary>
    public static JsonElement? Of(this JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object) return null;
        try
        {
            return owner.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A property's name; null where it is no text.</summary>
    public static string? NameText(this JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A string; null too where it is no text (half a surrogate pair).</summary>
    public static string? TextOf(this JsonElement owner, string name) => owner.Of(name)?.AsText();

    /// <summary>A string itself; null too where it is no text (half a surrogate pair).</summary>
    public static string? AsText(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>An id (snowflake), which comes as a string.</summary>
    public static ulong? IdOf(this JsonElement owner, string name) => ulong.TryParse(owner.TextOf(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public static long? NumberOf(this JsonElement owner, string name) => owner.Of(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    public static bool? FlagOf(this JsonElement owner, string name) => owner.Of(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The elements of an array; none where there is no array.</summary>
    public static IEnumerable<JsonElement> ManyOf(this JsonElement owner, string name) => owner.Of(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];
}
