using System.Text.Json;
using static DiffusionBot.Chat.Discord.Commands.CommandNames;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>What a command that was typed says in the chat grammar, where every verb stands behind a slash.</summary>
internal static class CommandWords
{
    private const int TypedCommand = 1;

    private static readonly Dictionary<string, string> none = [];

    /// <summary>Reads an interaction's `data`, whatever stands there.</summary>
    /// <returns>Null: it is no command of ours, or none that is typed.</returns>
    public static CommandSaid? Of(JsonElement data)
    {
        if (data.NumberOf("type") is not (null or TypedCommand)) return null;
        var options = new OptionValues(data);
        return data.TextOf("name") switch
        {
            Imagine => Drawing(options),
            Preset => options.Name(Name) is { } preset ? Say("/preset", preset, options.Text(Words)) with { Draws = true } : Say("/preset"),
            Queue => Say("/queue"),
            Cancel => Say("/cancel", options.Name(Code)),
            History => options.Name(Code) is { } code ? Say("/collect", code) : Say("/history"),
            Models => Say("/models"),
            Settings => options.Line(Change) is { } change ? Say("/settings", change) : options.Name(Language) is { } language ? Say("/settings", "language", language) : Say("/settings"),
            // A verb behind help asks for all parameters.
            Help => options.Name(About) == AllParameters ? Say("/help", "draw") : Say("/help"),
            Moderate => Moderating(data),
            _ => null,
        };
    }

    private static CommandSaid Drawing(OptionValues options)
    {
        var prompt = options.Text(Prompt) ?? "";
        if (options.Name(Lora) is { } lora) prompt = LoraTag.Add(prompt, lora);
        return Say("/draw", prompt) with { Parameters = ParametersOf(options), Draws = true };
    }

    private static Dictionary<string, string> ParametersOf(OptionValues options)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        Put("no", options.Line(Negative));
        Put("steps", options.Whole(Steps));
        Put("sampler", options.Name(Sampler));
        Put("schedule", options.Name(Schedule));
        Put("cfg", options.Number(Cfg));
        Put("seed", options.Whole(Seed));
        Put("size", options.Name(Size));
        Put("ar", options.Name(Ratio));
        Put("model", options.Name(Model));
        Put("preset", options.Name(Preset));
        Put("n", options.Whole(Count));
        Put("denoise", options.Number(Denoise));
        Put("hires", options.Number(Hires));
        Put("style", options.Name(Style));
        if (options.Has(Image)) Put("init", "true");
        return parameters;

        void Put(string flag, string? value)
        {
            if (value is not null) parameters[flag] = value;
        }
    }

    private static CommandSaid? Moderating(JsonElement data)
    {
        var subcommand = data.ManyOf("options").FirstOrDefault();
        var options = new OptionValues(subcommand);
        return subcommand.TextOf("name") switch
        {
            Pause => Say("/moderate", "pause"),
            Resume => Say("/moderate", "resume"),
            Block => OnUser("block"),
            Unblock => OnUser("unblock"),
            Language => Say("/moderate", "language", options.Name(Language)),
            // Without any, those that there are.
            Defaults => options.Line(Flags) is { } flags ? Say("/moderate", "defaults", flags) : Say("/moderate"),
            Show => Say("/moderate"),
            _ => null,
        };

        CommandSaid OnUser(string what) => Say("/moderate", what, options.User(CommandNames.User) is { } id ? $"discord:{id}" : null);
    }

    private static CommandSaid Say(params ReadOnlySpan<string?> words)
    {
        var said = new List<string>(words.Length);
        foreach (var word in words)
        {
            if (word is { Length: > 0 }) said.Add(word);
        }
        return new CommandSaid(string.Join(' ', said), none, Draws: false);
    }
}
