using System.CommandLine;
using DiffusionBot.Machine;

namespace DiffusionBot.Cli;

/// <summary><c>doctor</c>: what this machine can do, and what to do about what is missing.</summary>
internal static class DoctorCommand
{
    /// <param name="defaultModels">The models folder where nobody names one.</param>
    /// <param name="modelsIn">What lies in a models folder and can be drawn with. It may not exist.</param>
    public static Command Create(string defaultModels, Func<string, IReadOnlyList<ModelLine>> modelsIn)
    {
        var models = new Option<string>("--models") { Description = "The models folder to look at.", HelpName = "DIR", DefaultValueFactory = _ => defaultModels };
        var language = new Option<string>("--lang") { Description = "The report's language; by default the system's.", HelpName = "zh|en" };
        language.AcceptOnlyFromAmong("zh", "en");
        var command = new Command("doctor", "Says what this machine can do, and what to do about what is missing.") { models, language };
        command.SetAction(arguments =>
        {
            var folder = arguments.GetValue(models) ?? defaultModels;
            var spoken = arguments.GetValue(language) switch
            {
                "zh" => ReportLanguage.Chinese,
                "en" => ReportLanguage.English,
                _ => ReportLanguages.Here(),
            };
            var report = new DoctorReport(MachineProbe.Gather(folder), modelsIn(folder), spoken);
            foreach (var line in report.Lines) arguments.InvocationConfiguration.Output.WriteLine(line);
            return report.CanDraw ? 0 : 1;
        });
        return command;
    }
}
