using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>An option of a command, or a subcommand with options of its own.</summary>
/// <param name="Type">One of Discord's numbers.</param>
/// <param name="Name">Lower case, 1 to 32 letters, digits, `-`, `_`, in each language.</param>
/// <param name="About">1 to 100 characters, in each language.</param>
internal sealed record CommandOption(int Type, Wording Name, Wording About)
{
    private const int SubcommandType = 1, TextType = 3, WholeType = 4, UserType = 6, NumberType = 10, FileType = 11;

    public bool IsRequired { get; init; }

    /// <summary>Whether we are asked for choices while somebody types.</summary>
    public bool Suggests { get; init; }

    /// <summary>Of a text: characters, 1 to 6000.</summary>
    public int? Longest { get; init; }

    /// <summary>Of a number.</summary>
    public double? Least { get; init; }

    /// <summary>Of a number.</summary>
    public double? Most { get; init; }

    /// <summary>The only values, where it has such; at most 25.</summary>
    public IReadOnlyList<(Wording Name, string Value)> Choices { get; init; } = [];

    /// <summary>Of a subcommand.</summary>
    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    public static CommandOption Text(Wording name, Wording about, int longest) => new(TextType, name, about) { Longest = longest };

    /// <summary>One of these.</summary>
    public static CommandOption Choice(Wording name, Wording about, params IReadOnlyList<(Wording Name, string Value)> choices) => new(TextType, name, about) { Choices = choices };

    public static CommandOption Whole(Wording name, Wording about, double least, double most) => new(WholeType, name, about) { Least = least, Most = most };

    public static CommandOption Number(Wording name, Wording about, double least, double most) => new(NumberType, name, about) { Least = least, Most = most };

    /// <summary>A file that is sent along.</summary>
    public static CommandOption File(Wording name, Wording about) => new(FileType, name, about);

    public static CommandOption User(Wording name, Wording about) => new(UserType, name, about) { IsRequired = true };

    public static CommandOption Subcommand(Wording name, Wording about, params IReadOnlyList<CommandOption> options) => new(SubcommandType, name, about) { Options = options };

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["type"] = Type };
        Name.Write(json, "name");
        About.Write(json, "description");
        // What is false or empty is left out: Discord leaves it out too.
        if (IsRequired) json["required"] = true;
        if (Suggests) json["autocomplete"] = true;
        if (Longest is { } longest) json["max_length"] = longest;
        if (Least is { } least) json["min_value"] = least;
        if (Most is { } most) json["max_value"] = most;
        if (Choices.Count > 0) json["choices"] = new JsonArray([.. Choices.Select(ToJson)]);
        if (Options.Count > 0) json["options"] = new JsonArray([.. Options.Select(option => (JsonNode)option.ToJson())]);
        return json;
    }

    private static JsonNode ToJson((Wording Name, string Value) choice)
    {
        var json = new JsonObject();
        choice.Name.Write(json, "name");
        json["value"] = choice.Value;
        return json;
    }
}
