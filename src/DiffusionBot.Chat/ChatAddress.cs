namespace DiffusionBot.Chat;

/// <summary>
/// Where an answer goes: `web:9f2c…`, `discord:guild/channel/message`. Only its own adapter reads what stands behind the colon;
/// everybody else keeps it as it is, for as long as they like.
/// </summary>
/// <param name="Value">The place's name, a colon, and whatever its adapter wants to find again. At most 512 characters.</param>
public readonly record struct ChatAddress(string Value)
{
    /// <summary>Of which adapter it is: what stands before the first colon.</summary>
    public string Place => Value.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? Value[..colon] : Value;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
