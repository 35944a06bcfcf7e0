namespace DiffusionBot.Chat;

/// <summary>What the bot says. An adapter shows as much of it as its place can.</summary>
public sealed record ChatReply
{
    /// <summary>Plain text, lines ended by \n. May be empty where there are pictures.</summary>
    /// <remarks>Where there are <see cref="Facts"/> its first line says the same in short, and <see cref="Notes"/> is what follows.</remarks>
    public string Text { get; init; } = "";

    /// <summary>The parameter text of what is shown, for copying: adapters show it below the text, folded where they can. Null: none.</summary>
    public string? Infotext { get; init; }

    /// <summary>May be empty.</summary>
    public IReadOnlyList<ReplyPicture> Pictures { get; init; } = [];

    /// <summary>What the reader may do next: buttons where there are such, else words to send. May be empty.</summary>
    public IReadOnlyList<ChatChoice> Choices { get; init; } = [];

    /// <summary>Only for the one who asked, where the place can do that.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>
    /// What the reply is about, opaque: an adapter that can tell which reply a message answers hands it back in
    /// <see cref="RepliedMessage.Reference"/>. Null: nothing to refer to.
    /// </summary>
    public string? Reference { get; init; }

    /// <summary>What it is written in, for what the adapter adds: `zh` or `en`.</summary>
    public string Language { get; init; } = "zh";

    /// <summary>How long until what it promises is there, as far as known; null: it promises nothing, or nothing was measured yet.</summary>
    public TimeSpan? ReadyIn { get; init; }

    /// <summary>Whether it promises a result that comes later, about <see cref="Reference"/>.</summary>
    public bool IsPromise { get; init; }

    /// <summary>What is to be known of the pictures, each with its name: seed, size, model, time. May be empty.</summary>
    public IReadOnlyList<ReplyFact> Facts { get; init; } = [];

    /// <summary>The text for places that show the facts by themselves.</summary>
    public string Notes => Facts.Count == 0 ? Text : Text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? Text[(end + 1)..] : "";

    /// <summary>Whether pictures are to be covered until somebody wants to see them, where the place can do that.</summary>
    public bool IsSpoiler { get; init; }

    /// <summary>Whether what <see cref="Reference"/> names was removed: where the place can, it takes away what it showed of it.</summary>
    public bool IsGone { get; init; }

    /// <summary>A reply of nothing but text.</summary>
    public static implicit operator ChatReply(string text) => new() { Text = text };

    /// <summary>A reply of nothing but text.</summary>
    public static ChatReply FromString(string text) => text;
}

/// <summary>Something to know.</summary>
/// <param name="Name">What, in the reader's language: `seed`.</param>
/// <param name="Value">`1234`.</param>
public sealed record ReplyFact(string Name, string Value);

/// <summary>A picture to show.</summary>
/// <param name="FileName">With extension.</param>
/// <param name="Bytes">The delivered copy: a PNG with its parameter text, marked where the place wants marks.</param>
/// <param name="Description">In words, for who cannot see it.</param>
public sealed record ReplyPicture(string FileName, ReadOnlyMemory<byte> Bytes, string Description)
{
    /// <summary>The path of its page below the bot's public address (`/p/…`); null where it has none.</summary>
    public string? PagePath { get; init; }

    /// <summary>The path of the file itself below the bot's public address; null where it has none.</summary>
    public string? FilePath { get; init; }

    /// <summary>The path of a small JPEG of it below the bot's public address; null where it has none.</summary>
    public string? PreviewPath { get; init; }

    /// <summary>Pixels, 0 where not known.</summary>
    public int Width { get; init; }

    /// <summary>Pixels, 0 where not known.</summary>
    public int Height { get; init; }
}

/// <summary>Something to press, or to say.</summary>
/// <param name="Label">Short, in the reader's language.</param>
/// <param name="Words">What pressing it says for the reader, as if typed: `again K7Q2M9`. At most 80 ASCII characters, and good for ever.</param>
public sealed record ChatChoice(string Label, string Words)
{
    /// <summary>The same as the reader would type it, in their language, for places without anything to press: `再来 K7Q2M9`.</summary>
    public string Typed { get; init; } = Words;
}
