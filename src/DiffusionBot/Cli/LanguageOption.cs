using System.CommandLine;
using DiffusionBot.Engine;
using DiffusionBot.Machine;

namespace DiffusionBot.Cli;

/// <summary>The language that a command speaks: <c>--lang</c>, else the system's.</summary>
internal static class LanguageOption
{
    private const string Name = "--lang";

    public static Option<string?> Create()
    {
        var option = new Option<string?>(Name) { Description = "The language of messages; by default the system's.", HelpName = "zh|en" };
        option.AcceptOnlyFromAmong("zh", "en");
        return option;
    }

    /// <summary>The language asked for, whichever the command.</summary>
    public static Language Of(ParseResult parsed)
    {
        var asked = parsed.CommandResult.Command.Options.FirstOrDefault(o => o.Name == Name) is Option<string?> option ? parsed.GetValue(option) : null;
        return asked switch
        {
            "zh" => Language.Chinese,
            "en" => Language.English,
            _ => ReportLanguages.Here(),
        };
    }
}
