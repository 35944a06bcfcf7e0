namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>What is needed to go on after a connection broke.</summary>
/// <param name="id">Discord's.</param>
/// <param name="url">Where to resume.</param>
/// <param name="sequence">The last event that was dealt with.</param>
internal sealed class GatewaySession(string id, Uri url, long sequence)
{
    private long received = sequence, handled = sequence;

    public string Id => id;

    public Uri Url => url;

    /// <summary>The last event that came: heartbeats and this host go by it.</summary>
    public long Received
    {
        get => Interlocked.Read(ref received);
        set => Interlocked.Exchange(ref received, value);
    }

    /// <summary>The last event that was dealt with, as were all before it: another host goes by it.</summary>
    public long Handled
    {
        get => Interlocked.Read(ref handled);
        set => Interlocked.Exchange(ref handled, value);
    }
}
