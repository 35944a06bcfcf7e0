using System.Runtime.InteropServices;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// A thread of its own for a drawing, behind everything else that the process does: on the CPU a drawing takes all cores for seconds, and whoever asks for one
/// should be answered meanwhile. On Linux the threads that ONNX Runtime makes for a model inherit it. An idle machine draws as fast as ever.
/// </summary>
internal static partial class DrawingThread
{
    // A third of what a thread at 0 gets where both want the processor (sched(7): a quarter more a level).
    private const int Nice = 5, PrioProcess = 0;

    /// <summary>Runs it, and tells how it ended.</summary>
    public static Task<T> Run<T>(Func<T> drawing)
    {
        var task = new Task<T>(() =>
        {
            StepBack();
            return drawing();
        }, CancellationToken.None, TaskCreationOptions.LongRunning);   // a thread that is no pool's, and ends with it
        task.Start(TaskScheduler.Default);
        return task;
    }

    private static void StepBack()
    {
        // Where the system does not let it, a drawing is merely less polite.
        if (OperatingSystem.IsLinux()) _ = SetPriority(PrioProcess, 0, Nice);
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    /// <summary>setpriority(2) with 0 for "who": on Linux the calling thread alone.</summary>
    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
