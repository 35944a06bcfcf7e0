using System.Runtime.InteropServices;

namespace DiffusionBot.Cli;

/// <summary>Ctrl+C and the system's request to end, as a token. The second one ends the process on the spot.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public StopSignals() =>
        registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        if (source.IsCancellationRequested) return;
        signal.Cancel = true;
        source.Cancel();
    }
}
