namespace DiffusionBot.Cli;

/// <summary>The command was understood but cannot be done: exit code 1, this one line, no stack trace.</summary>
internal sealed class RefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The command was not understood: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0, Refused = 1, WrongUsage = 2;

    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
