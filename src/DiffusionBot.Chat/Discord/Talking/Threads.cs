using System.Collections.Concurrent;
using DiffusionBot.Chat.Discord.Rest;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>Which channel a thread belongs to, where an event does not say: messages tell only the thread.</summary>
internal sealed class Threads(DiscordRest rest)
{
    private const int MostKnown = 10_000;

    private readonly ConcurrentDictionary<ulong, ulong?> parents = new();

    /// <summary>The channel's parent, asked once; null: it has none, or it is not told.</summary>
    public async Task<ulong?> ParentOfAsync(ulong channel, CancellationToken cancel)
    {
        if (parents.TryGetValue(channel, out var known)) return known;
        if (parents.Count >= MostKnown) parents.Clear();
        try
        {
            return parents[channel] = (await rest.SendAsync(DiscordRoute.GetChannel(channel), cancel)).IdOf("parent_id");
        }
        catch (DiscordException)
        {
            return null;
        }
    }
}
