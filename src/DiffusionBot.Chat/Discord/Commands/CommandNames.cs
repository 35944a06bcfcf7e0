namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>Commands, subcommands, options and choices by their English names: what Discord sends, whatever the user's language.</summary>
internal static class CommandNames
{
    public const string Imagine = "imagine", Preset = "preset", Queue = "queue", Cancel = "cancel", History = "history", Models = "models", Settings = "settings", Help = "help", Moderate = "moderate";

    /// <summary>On messages.</summary>
    public const string Parameters = "Parameters", DrawAgain = "Draw again";

    /// <summary>Of `moderate`.</summary>
    public const string Pause = "pause", Resume = "resume", Block = "block", Unblock = "unblock", Defaults = "defaults", Show = "show";

    /// <summary>Of `imagine`.</summary>
    public const string Prompt = "prompt", Negative = "negative", Steps = "steps", Sampler = "sampler", Schedule = "schedule", Cfg = "cfg", Seed = "seed", Size = "size", Ratio = "ratio",
        Model = "model", Lora = "lora", Count = "count", Image = "image", Denoise = "denoise", Hires = "hires", Style = "style";

    public const string Name = "name", Words = "words", Code = "code", Change = "change", Language = "language", About = "about", User = "user", Flags = "flags";

    /// <summary>What help may be about.</summary>
    public const string AllParameters = "parameters";
}
