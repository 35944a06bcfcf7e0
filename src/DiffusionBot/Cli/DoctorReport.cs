using DiffusionBot.Engine;
using DiffusionBot.Machine;

namespace DiffusionBot.Cli;

/// <summary>A model as <c>doctor</c> lists it.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Family">"SD 1.x", or why it cannot be drawn with.</param>
/// <param name="Note">Anything else worth a word, such as its hash; may be empty.</param>
internal sealed record ModelLine(string Name, string Family, string Note);

/// <summary>What <c>doctor</c> prints.</summary>
internal sealed class DoctorReport
{
    private readonly List<string> lines = [];
    private readonly Language language;

    /// <param name="facts">What was found on the machine.</param>
    /// <param name="models">What lies in its models folder and can be drawn with.</param>
    /// <param name="language">What to write in.</param>
    public DoctorReport(MachineFacts facts, IReadOnlyList<ModelLine> models, Language language)
    {
        this.language = language;
        var report = new MachineReport(facts, models.Count, language);
        CanDraw = report.CanDraw;
        WriteFacts(facts, models);
        lines.Add("");
        lines.Add(Verdict(report));
        foreach (var (finding, number) in report.Findings.Select((f, i) => (f, i + 1)))
        {
            lines.Add("");
            lines.Add($"{number}. {finding.Found}");
            lines.Add($"   -> {finding.Advice}");
        }
    }

    /// <summary>The text, line by line.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>Whether anything can be drawn at all: then the command ends with 0.</summary>
    public bool CanDraw { get; }

    private string Say(string english, string chinese) => language == Language.Chinese ? chinese : english;

    private void WriteFacts(MachineFacts facts, IReadOnlyList<ModelLine> models)
    {
        Line(Say("System", "系统"), facts.System);
        Line(Say("CPU", "处理器"), $"{facts.Cpu}, {facts.Threads} {Say("threads", "线程")}{(facts.Avx2 ? ", AVX2" : "")}{(facts.Avx512 ? ", AVX-512" : "")}");
        Line(Say("Memory", "内存"), $"{MachineReport.Size(facts.MemoryTotal)}, {Say("free", "空闲")} {MachineReport.Size(facts.MemoryFree)}");
        WriteCards(facts.Nvidia);
        var disk = facts.DiskFree is { } free ? $", {Say("free on its disk", "磁盘空闲")} {MachineReport.Size(free)}" : "";
        Line(Say("Models", "模型"), $"{models.Count}, {facts.ModelsFolder}{disk}");
        foreach (var model in models) Line("", $"{model.Name}  {model.Family}  {model.Note}".TrimEnd());
    }

    private void WriteCards(NvidiaDriver? driver)
    {
        var label = Say("GPU", "显卡");
        if (driver is null || driver.Cards.Count == 0)
        {
            Line(label, driver is null ? Say("no NVIDIA driver", "没有 NVIDIA 驱动") : Say("no NVIDIA card", "没有 NVIDIA 显卡"));
            return;
        }
        foreach (var card in driver.Cards)
        {
            var memory = card.MemoryTotal > 0 ? $"{MachineReport.Size(card.MemoryTotal)}, {Say("free", "空闲")} {MachineReport.Size(card.MemoryFree)}, " : "";
            Line(label, $"{card.Name}, {memory}{Say("compute capability", "计算能力")} {card.Capability}, {Say("driver", "驱动")} {driver.Version}");
            label = "";
        }
    }

    private string Verdict(MachineReport report) =>
        !report.CanDraw ? Say("This machine cannot draw yet.", "这台机器现在还不能绘图。")
        : report.Cards.Count > 0 ? Say($"It draws on {report.Cards[0].Name}.", $"可以用 {report.Cards[0].Name} 绘图。")
        : Say("It draws on the CPU.", "可以用 CPU 绘图。");

    /// <summary>Labels stand in a column of ten cells; a Chinese character takes two.</summary>
    private void Line(string label, string text)
    {
        var cells = label.Sum(c => c > '\u2e7f' ? 2 : 1);
        lines.Add(label + new string(' ', 10 - cells) + text);
    }
}
