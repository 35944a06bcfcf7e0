using System.Diagnostics;
using DiffusionBot.Engine;

namespace DiffusionBot.Cli;

/// <summary>One line of a screen that is written over as drawing goes on, and gone when it is done.</summary>
internal sealed class ProgressLine(Terminal terminal, Texts texts) : IProgress<DrawingProgress>, IDisposable
{
    private const int BarCells = 24;

    private long samplingSince;
    private int shown;

    public void Report(DrawingProgress value)
    {
        if (value.Stage != DrawingStage.Sampling)
        {
            Show(texts.StageOf(value.Stage));
            return;
        }
        if (value.Step == 0) samplingSince = Stopwatch.GetTimestamp();
        var done = value.Steps == 0 ? 0 : BarCells * value.Step / value.Steps;
        var each = value.Step == 0 ? "" : $"  {Stopwatch.GetElapsedTime(samplingSince).TotalSeconds / value.Step:F2} s";
        Show($"{texts.StageOf(value.Stage)} [{new string('#', done)}{new string('.', BarCells - done)}] {texts.Step} {value.Step}/{value.Steps}{each}");
    }

    /// <summary>Leaves the line empty.</summary>
    public void Dispose()
    {
        Show("");
        terminal.Error.Write('\r');
        terminal.Error.Flush();
    }

    private void Show(string line)
    {
        // Spaces, not escape codes: old consoles print those.
        var cells = Cells.Of(line);
        terminal.Error.Write($"\r{line}{new string(' ', Math.Max(0, shown - cells))}");
        terminal.Error.Flush();
        shown = cells;
    }
}
