namespace DiffusionBot.Generation.Storage;

/// <summary>How far a request is. It only ever moves down this list; the last three are ends.</summary>
public enum RequestState
{
    /// <summary>Accepted: it will be drawn, whatever happens to this process.</summary>
    Queued,

    /// <summary>Being drawn, or was when the process died: then it is drawn again.</summary>
    Drawing,

    /// <summary>Drawn and stored; its outbox entry was written in the same transaction.</summary>
    Done,

    /// <summary>Given up after its last try; the reason is in the row.</summary>
    Failed,

    /// <summary>Called off by its user or a moderator.</summary>
    Cancelled,
}

/// <summary>A request with its return address: a row before it is a promise.</summary>
public sealed class StoredRequest
{
    /// <summary>Version 7: ordered by time.</summary>
    public Guid Id { get; set; }

    /// <summary>Six letters and digits that people can type; unique.</summary>
    public string Code { get; set; } = "";

    public string UserId { get; set; } = "";

    /// <summary>Which adapter answers.</summary>
    public string Place { get; set; } = "";

    /// <summary>Opaque; only its adapter reads it.</summary>
    public string Address { get; set; } = "";

    /// <summary>The platform's id of the message that asked; with <see cref="UserId"/> unique, so that a message that comes twice is one request.</summary>
    public string MessageId { get; set; } = "";

    /// <summary>What the user is spoken to in.</summary>
    public Engine.Language Language { get; set; }

    public RequestState State { get; set; }

    /// <summary>UTC, like every time in these rows.</summary>
    public DateTime CreatedAt { get; set; }

    public DateTime? StartedAt { get; set; }

    public DateTime? FinishedAt { get; set; }

    /// <summary>How often drawing began.</summary>
    public int Attempts { get; set; }

    /// <summary>How often drawing ended with an error of its own.</summary>
    public int Failures { get; set; }

    /// <summary>How often drawing had no end at all: the process died.</summary>
    public int Crashes { get; set; }

    /// <summary>Not drawn before; null: at once.</summary>
    public DateTime? NotBefore { get; set; }

    /// <summary>When it was handed to the scheduler; null: that is still to be done.</summary>
    public DateTime? ScheduledAt { get; set; }

    /// <summary>Who draws it: new at every start, so that who was thought dead cannot end what another began. Null: nobody.</summary>
    public string? DrawnBy { get; set; }

    /// <summary>Until when <see cref="DrawnBy"/> is believed alive without another sign of life.</summary>
    public DateTime? DrawnUntil { get; set; }

    /// <summary>A <see cref="DrawingOrder"/> as JSON.</summary>
    public string Order { get; set; } = "";

    /// <summary>What the user wrote.</summary>
    public string Text { get; set; } = "";

    /// <summary>What is drawn, for finding it again.</summary>
    public string Prompt { get; set; } = "";

    /// <summary>Lines for the user that were known when it was accepted, ended by \n: warnings, what is used instead. May be empty.</summary>
    public string Notes { get; set; } = "";

    /// <summary>Lines that the engine had to say, ended by \n. In English. May be empty.</summary>
    public string EngineNotes { get; set; } = "";

    /// <summary>The picture that it comes from; null for one that begins anew.</summary>
    public Guid? ParentId { get; set; }

    /// <summary>How it comes from it: again, vary, upscale, edit; null with no parent.</summary>
    public string? Relation { get; set; }

    /// <summary>Why it failed; null unless it did.</summary>
    public string? ReasonEnglish { get; set; }

    /// <summary>The same in Chinese.</summary>
    public string? ReasonChinese { get; set; }

    /// <summary>Its user wants no more of it; whoever draws it looks here.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>Its turn: requests are drawn in this order. Users take turns, so it is no time of any clock.</summary>
    public long VirtualTime { get; set; }

    /// <summary>Asked for where others read along, or shared: the gallery may show it.</summary>
    public bool IsPublic { get; set; }

    /// <summary>How much there is to draw, in pixels times steps, of all images: for estimates.</summary>
    public long Work { get; set; }

    /// <summary>The checkpoint as asked for, by which step times are measured.</summary>
    public string ModelKey { get; set; } = "";

    /// <summary>How many pictures it asks for.</summary>
    public int PictureCount { get; set; }

    /// <summary>In the order of their seeds; empty until it is done.</summary>
    public List<StoredPicture> Pictures { get; } = [];
}

/// <summary>A picture that was drawn. Its file is there before its row, under a name that follows from the request, and goes with it.</summary>
public sealed class StoredPicture
{
    public Guid Id { get; set; }

    public Guid RequestId { get; set; }

    public StoredRequest? Request { get; set; }

    /// <summary>0 for the first of its request.</summary>
    public int Index { get; set; }

    /// <summary>Its public name: 22 characters of 128 random bits, which nobody guesses.</summary>
    public string Token { get; set; } = "";

    /// <summary>The name of its file in the <see cref="IFileStore"/>.</summary>
    public string FileName { get; set; } = "";

    public string UserId { get; set; } = "";

    /// <summary>The whole parameter text, as it stands in the file.</summary>
    public string Infotext { get; set; } = "";

    public string Prompt { get; set; } = "";

    public string Model { get; set; } = "";

    /// <summary>The prompt as searches see it: lower case.</summary>
    public string SearchPrompt { get; set; } = "";

    /// <summary>The model as searches see it: lower case.</summary>
    public string SearchModel { get; set; } = "";

    public long Seed { get; set; }

    public int Width { get; set; }

    public int Height { get; set; }

    public long Bytes { get; set; }

    /// <summary>DiffusionBot.Imaging.PerceptualHash, its bits as a signed number.</summary>
    public long PerceptualHash { get; set; }

    public bool IsPublic { get; set; }

    public DateTime CreatedAt { get; set; }
}
