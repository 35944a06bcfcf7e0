using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>What a button says.</summary>
/// <param name="Verb">In English: `again`.</param>
/// <param name="About">A code, a preset's name, a word; may be empty.</param>
internal sealed record Pressed(string Verb, string About)
{
    /// <summary>Whether a picture comes of it.</summary>
    public bool Draws => Verb is "again" or "vary" or "upscale" or "preset";

    /// <summary>The request that it is about, without the number of its picture; null: it is about none.</summary>
    public string? Reference => Verb is "preset" or "forget me" || About is "" or "all" ? null : About.Split('-')[0];

    /// <summary>As somebody would say it, so that it cannot be taken for a prompt.</summary>
    public string Words => $"/{Verb} {About}".TrimEnd();
}

/// <summary>
/// Choices as buttons. Their custom_id is what they say, with the code of a row in it: they are good as long as the row is there, whatever process reads them.
/// </summary>
internal static class DiscordButtons
{
    /// <summary>Opens the form with a request's parameters.</summary>
    public const string Edit = "edit";

    private const string Mark = "1:";
    private const int ButtonsARow = 5, MostRows = 5, MostNumbered = 10, MostLabel = 80, MostCustomId = 100, LongestAbout = 80;

    private static readonly string[] verbs = ["again", "vary", "upscale", "delete", "cancel", "collect", "info", "preset", "forget me", Edit];

    /// <summary>The custom_id of what is said.</summary>
    public static string IdOf(string words) => $"{Mark}{words}";

    /// <summary>What a custom_id says; null: it is none of ours, or of a kind that is no more.</summary>
    public static Pressed? Read(string? customId)
    {
        if (customId is null || customId.Length > MostCustomId || !customId.StartsWith(Mark, StringComparison.Ordinal)) return null;
        var words = customId[Mark.Length..];
        var verb = Array.Find(verbs, verb => words == verb || words.StartsWith($"{verb} ", StringComparison.Ordinal));
        if (verb is null) return null;
        var about = words[verb.Length..].TrimStart(' ');
        // What cannot stand on a button of ours: nothing in it may begin another line or a flag.
        return about.Length <= LongestAbout && about.All(c => !char.IsControl(c)) && !about.Contains("--", StringComparison.Ordinal) ? new Pressed(verb, about) : null;
    }

    /// <summary>The request that a message of ours is about, by its buttons; null: none is known, or it lists several.</summary>
    public static string? ReferenceIn(JsonElement message) => ReferencesIn(message).Distinct(StringComparer.Ordinal).ToList() is [var only] ? only : null;

    /// <summary>The requests that a message's buttons are about.</summary>
    public static IEnumerable<string> ReferencesIn(JsonElement message) => AllIn(message).Select(id => Read(id)?.Reference).OfType<string>();

    /// <summary>Rows of buttons for a reply; empty where there is nothing to press.</summary>
    public static JsonArray Of(ChatReply reply)
    {
        var texts = new DiscordTexts(reply.Language);
        // A preset may be called as it will; what cannot be pressed can be said.
        var choices = reply.Choices.Where(choice => Read(IdOf(choice.Words)) is not null).DistinctBy(choice => choice.Words, StringComparer.Ordinal).ToList();
        var (up, vary) = (Numbered(choices, "upscale"), Numbered(choices, "vary"));
        var others = choices.Where(choice => !IsNumbered(choice)).Select(choice => ButtonOf(choice)).ToList();
        if (reply is { Pictures.Count: > 0, Reference: { } code })
        {
            var more = new[] { Button(texts.Edit, IdOf($"{Edit} {code}"), 2), Button(texts.Parameters, IdOf($"info {code}"), 2) };
            others.InsertRange(Math.Max(0, others.Count - 1), more);   // the last one deletes
        }
        var rows = new[] { up.Select(choice => ButtonOf(choice)), vary.Select(choice => ButtonOf(choice)), others }
            .SelectMany(group => group.Chunk(ButtonsARow)).Take(MostRows);
        return new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject { ["type"] = 1, ["components"] = new JsonArray([.. row]) })]);
    }

    private static List<ChatChoice> Numbered(List<ChatChoice> choices, string verb) =>
        choices.Where(choice => IsNumbered(choice) && choice.Words.StartsWith($"{verb} ", StringComparison.Ordinal)).Take(MostNumbered).ToList();

    /// <summary>Of one picture out of several: `upscale K7Q2M9-2`.</summary>
    private static bool IsNumbered(ChatChoice choice) =>
        (choice.Words.StartsWith("upscale ", StringComparison.Ordinal) || choice.Words.StartsWith("vary ", StringComparison.Ordinal)) && choice.Words.Contains('-', StringComparison.Ordinal);

    private static JsonObject ButtonOf(ChatChoice choice)
    {
        var pressed = Read(IdOf(choice.Words))!;
        return Button(choice.Label, IdOf(choice.Words), pressed.Verb is "delete" or "cancel" or "forget me" ? 4 : pressed.Verb == "again" ? 1 : 2);
    }

    /// <param name="label">1 to 80 characters; cut.</param>
    /// <param name="customId">At most 100 characters.</param>
    /// <param name="style">1 blurple, 2 grey, 4 red (components/reference).</param>
    private static JsonObject Button(string label, string customId, int style) =>
        new() { ["type"] = 2, ["style"] = style, ["label"] = DiscordText.Cut(label, MostLabel), ["custom_id"] = customId };

    private static IEnumerable<string> AllIn(JsonElement message) =>
        message.ManyOf("components").Take(MostRows).SelectMany(row => row.ManyOf("components").Take(ButtonsARow)).Select(button => button.TextOf("custom_id")).OfType<string>();
}
