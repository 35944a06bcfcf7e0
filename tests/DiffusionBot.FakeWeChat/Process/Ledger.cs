using System.Text;

namespace DiffusionBot.FakeWeChat.Process;

/// <summary>A file with a line for each thing that a user saw. A line is on the disk before the account hears that it arrived.</summary>
internal sealed class Ledger(string path) : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);

    public void Add(string line)
    {
        lock (gate)
        {
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => file.Dispose();
}
