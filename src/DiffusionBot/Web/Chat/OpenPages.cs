using System.Diagnostics.CodeAnalysis;

namespace DiffusionBot.Web.Chat;

/// <summary>How many pages listen: each holds a connection, and they are not for filling the memory with.</summary>
internal sealed class OpenPages
{
    private const int MostAVisitor = 8, MostInAll = 2000;

    private readonly Dictionary<string, int> open = new(StringComparer.Ordinal);
    private int all;

    /// <summary>Counts a page until it is disposed of. False where there are too many.</summary>
    public bool TryOpen(string visitor, [NotNullWhen(true)] out IDisposable? page)
    {
        lock (open)
        {
            var own = open.GetValueOrDefault(visitor);
            if (own >= MostAVisitor || all >= MostInAll)
            {
                page = null;
                return false;
            }
            open[visitor] = own + 1;
            all++;
        }
        page = new OpenPage(this, visitor);
        return true;
    }

    private void Close(string visitor)
    {
        lock (open)
        {
            all--;
            if (open[visitor] == 1) open.Remove(visitor);
            else open[visitor]--;
        }
    }

    private sealed class OpenPage(OpenPages pages, string visitor) : IDisposable
    {
        private int isClosed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isClosed, 1) == 0) pages.Close(visitor);
        }
    }
}
