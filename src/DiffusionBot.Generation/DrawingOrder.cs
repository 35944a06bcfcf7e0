using System.Text.Json.Serialization;
using DiffusionBot.Engine;

namespace DiffusionBot.Generation;

/// <summary>What a job makes: a drawing, or a picture enlarged.</summary>
public sealed record DrawingOrder
{
    /// <summary>What to draw; of an enlargement, what the picture was drawn from.</summary>
    public required ImageRequest Image { get; init; }

    /// <summary>Enlarges a picture that is there instead of drawing; null: draws.</summary>
    public Enlargement? Enlarge { get; init; }

    /// <summary>The files of the picture that is drawn from and of its mask, once it waits in the queue; null: it draws from none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>The prompt as its user wrote it, where what is drawn was translated; else null.</summary>
    public string? WrittenPrompt { get; init; }
}

/// <summary>A picture made larger.</summary>
/// <param name="Picture">Which one, by its id.</param>
/// <param name="Factor">1 to 4.</param>
public sealed record Enlargement(Guid Picture, double Factor)
{
    /// <summary>Lanczos, which needs no engine.</summary>
    internal const string Lanczos = "Lanczos";

    /// <summary>By what: one of the engine's upscalers. Default Lanczos.</summary>
    public string Upscaler { get; init; } = Lanczos;
}

/// <summary>A request on its way into the queue.</summary>
/// <param name="UserId">Who asks.</param>
/// <param name="Place">Which adapter answers.</param>
/// <param name="Address">Where to, opaque.</param>
/// <param name="MessageId">The platform's id of the asking message: the same message twice is one request.</param>
/// <param name="Language">What to speak.</param>
/// <param name="Order">What to make.</param>
/// <param name="Text">What the user wrote.</param>
public sealed record NewRequest(string UserId, string Place, string Address, string MessageId, Language Language, DrawingOrder Order, string Text)
{
    /// <summary>Lines to tell with the result, ended by \n. May be empty.</summary>
    public string Notes { get; init; } = "";

    /// <summary>Whether the gallery may show it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The picture that it comes from; null: none.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>again, vary, upscale or edit; null with no parent.</summary>
    public string? Relation { get; init; }

    /// <summary>What its user may ask for there; null: what everybody may.</summary>
    public RequestLimits? Limits { get; init; }
}

/// <summary>What one user may ask for, in place of what everybody may; null: as everybody. Never more than the section `Limits` could allow.</summary>
public sealed record RequestLimits
{
    /// <summary>Requests that wait or are drawn.</summary>
    public int? Pending { get; init; }

    /// <summary>Pictures in 24 hours. A number of the user's own goes before it.</summary>
    public int? DailyPictures { get; init; }

    /// <summary>Pixels along the longer edge.</summary>
    public int? MaxEdge { get; init; }

    /// <summary>Steps.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Pictures of one request.</summary>
    public int? MaxPictures { get; init; }
}
