namespace DiffusionBot.Engine.Onnx;

/// <summary>
/// A tensor in a graph. A feature map [B, C, H, W] may exist in two layouts, plain (NCHW) and blocked (channels in groups,
/// as CPU convolutions like them); the builder adds the missing one where an operator asks for it, once.
/// </summary>
internal sealed class Value
{
    private Value(string? plain, string? blocked, long channels) => (Plain, Blocked, Channels) = (plain, blocked, channels);

    /// <summary>The tensor's name in plain layout, null while nothing has asked for it.</summary>
    public string? Plain { get; set; }

    /// <summary>The tensor's name in blocked layout, null while nothing has asked for it.</summary>
    public string? Blocked { get; set; }

    /// <summary>Channels of a feature map, width of a token; 0 where it does not matter.</summary>
    public long Channels { get; }

    public static Value OfPlain(string name, long channels = 0) => new(name, null, channels);

    public static Value OfBlocked(string name, long channels) => new(null, name, channels);
}
