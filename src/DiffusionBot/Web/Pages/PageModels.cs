using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Chat;

namespace DiffusionBot.Web.Pages;

/// <summary>The chat.</summary>
/// <param name="Lines">Oldest first.</param>
/// <param name="Older">Before which line there are more; null: none are.</param>
/// <param name="IsLive">Whether these are the newest lines.</param>
/// <param name="MessageId">The id of the message that the form will send: sent twice, it is one message.</param>
/// <param name="Draft">What stands in the form. May be empty.</param>
/// <param name="ReplyTo">The line that the form answers; null: none.</param>
/// <param name="Presets">To begin with. May be empty.</param>
public sealed record ChatPageModel(
    PageFrame Frame, IReadOnlyList<ShownLine> Lines, long? Older, bool IsLive, string MessageId, string Draft, long? ReplyTo, IReadOnlyList<Preset> Presets);

/// <summary>The gallery.</summary>
/// <param name="Query">As understood.</param>
/// <param name="IsMine">Whether the visitor's own pictures are shown.</param>
public sealed record GalleryPageModel(PageFrame Frame, GalleryQuery Query, bool IsMine, GalleryPage Found);

/// <summary>A picture's page.</summary>
/// <param name="Picture">With its request.</param>
/// <param name="Ancestors">Nearest first; null stands for one that the visitor may not see.</param>
/// <param name="Relations">How each ancestor comes from the one behind it; null where it begins anew.</param>
/// <param name="Parameters">Labels and values of its infotext, in order.</param>
/// <param name="Siblings">The other pictures of its request, where the visitor may see them.</param>
public sealed record PicturePageModel(
    PageFrame Frame, StoredPicture Picture, bool IsOwner, IReadOnlyList<StoredPicture?> Ancestors, IReadOnlyList<string?> Relations,
    IReadOnlyList<StoredPicture> Siblings,
    string Prompt, string NegativePrompt, IReadOnlyList<KeyValuePair<string, string>> Parameters);

/// <summary>The presets.</summary>
public sealed record PresetsPageModel(PageFrame Frame, IReadOnlyList<Preset> Presets);

/// <summary>What waits.</summary>
/// <param name="VisitorId">Whose requests are shown in full.</param>
public sealed record QueuePageModel(PageFrame Frame, IReadOnlyList<(StoredRequest Request, Standing Standing)> Waiting, int Length, bool IsPaused, string VisitorId);

/// <summary>Something that cannot be shown, in a few words.</summary>
public sealed record NoticePageModel(PageFrame Frame, string Title, string Text);
