namespace DiffusionBot.Chat;

/// <summary>What somebody said, wherever that was.</summary>
/// <param name="Id">The platform's own id, by which a message that comes twice is known.</param>
/// <param name="Address">Where answers go.</param>
/// <param name="Author">Who said it.</param>
/// <param name="Locale">The author's language as the platform tells it (`zh-CN`); null where it does not.</param>
/// <param name="Text">May be empty.</param>
/// <param name="Pictures">What was sent along, already downloaded. May be empty.</param>
/// <param name="RepliedTo">The message that this one answers; null where it answers none.</param>
public sealed record ChatMessage(
    string Id, ChatAddress Address, ChatAuthor Author, string? Locale, string Text, IReadOnlyList<ChatPicture> Pictures, RepliedMessage? RepliedTo = null)
{
    /// <summary>Whether others can read along: what is drawn there may be shown in the public gallery.</summary>
    public bool InPublic { get; init; }

    /// <summary>What happened, where nobody said anything.</summary>
    public ChatOccasion Occasion { get; init; }

    /// <summary>
    /// Whether what waits for the author is shown together with the answer, by an adapter that takes it itself (<see cref="IWaitingReplies"/>); else it is delivered now
    /// that they are there.
    /// </summary>
    public bool CollectsReplies { get; init; }

    /// <summary>Whether the answer may bring pictures along; else what is asked for again is delivered as results are.</summary>
    public bool TakesPictures { get; init; } = true;

    /// <summary>
    /// The room, where the place has several (a server with its own rules): what all addresses in it begin with, before a slash: `discord:1234`. Null: the place is one.
    /// </summary>
    public string? Room { get; init; }

    /// <summary>What was chosen besides the words, by the names of flags (`steps`: `30`): goes before what the words say. May be empty.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>What the place allows its author, where that is not what everybody may.</summary>
    public ChatLimits? Limits { get; init; }
}

/// <summary>What somebody may ask for, in place of what everybody may; null: as everybody.</summary>
public sealed record ChatLimits
{
    /// <summary>Requests that wait.</summary>
    public int? Pending { get; init; }

    /// <summary>Pictures in 24 hours.</summary>
    public int? DailyPictures { get; init; }

    /// <summary>Pixels along the longer edge.</summary>
    public int? MaxEdge { get; init; }

    /// <summary>Steps.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Pictures of one request.</summary>
    public int? MaxPictures { get; init; }
}

/// <summary>Why there is a message.</summary>
public enum ChatOccasion
{
    /// <summary>Somebody said something.</summary>
    Said,

    /// <summary>Somebody came: they are welcomed.</summary>
    Arrived,

    /// <summary>Somebody left: what waits to be drawn for them is called off, and nothing is answered.</summary>
    Left,

    /// <summary>Somebody sent what this bot cannot make anything of: a video, a place on the map, a recording without words.</summary>
    Unreadable,

    /// <summary>Somebody sent a picture that could not be fetched, or was too large.</summary>
    PictureLost,
}

/// <summary>Who said something.</summary>
/// <param name="Id">The same person on the same platform is the same id for ever: `web:3f…`, `wechat:gh_1/oABC…`.</param>
/// <param name="Name">For showing; null where the platform tells none.</param>
/// <param name="IsModerator">Whether the platform says that this person keeps order there.</param>
public sealed record ChatAuthor(string Id, string? Name = null, bool IsModerator = false);

/// <summary>A picture that came with a message, not yet looked at: hostile until decoded.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="FileName">As sent; null where there is none. Never a path to write to.</param>
public sealed record ChatPicture(ReadOnlyMemory<byte> Bytes, string? FileName = null);

/// <summary>A message that is answered.</summary>
/// <param name="Text">Its text, as far as the platform tells it.</param>
/// <param name="Pictures">Its pictures.</param>
/// <param name="Reference">The <see cref="ChatReply.Reference"/> of the reply that it was, where the adapter knows; else null.</param>
public sealed record RepliedMessage(string Text, IReadOnlyList<ChatPicture> Pictures, string? Reference)
{
    /// <summary>Whether its author sees it though it may have been made for another: then they may work with what it shows, too.</summary>
    public bool IsOpen { get; init; }
}
