namespace DiffusionBot.Web.Chat;

/// <summary>
/// Which lines a page has. Two hosts may write at the same instant, and the later number be there first: the last few are looked at again,
/// so that the earlier one is not passed over.
/// </summary>
/// <param name="after">The last line that the page had when it connected.</param>
internal sealed class ShownLines(long after)
{
    private const int Overlap = 8;

    private readonly Queue<long> recent = new();
    private long floor = after;

    /// <summary>Lines that the page does not have, oldest first.</summary>
    public async Task<IReadOnlyList<ShownLine>> NewAsync(Conversation conversation, string visitor, int take, CancellationToken cancel)
    {
        var found = (await conversation.AfterAsync(visitor, floor, take + Overlap, cancel)).Where(line => !recent.Contains(line.Id)).ToList();
        foreach (var line in found)
        {
            recent.Enqueue(line.Id);
            while (recent.Count > Overlap) floor = Math.Max(floor, recent.Dequeue());
        }
        return found;
    }
}
