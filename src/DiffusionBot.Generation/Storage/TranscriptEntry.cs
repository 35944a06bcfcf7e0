namespace DiffusionBot.Generation.Storage;

/// <summary>A line of a conversation that this program itself shows (the web chat).</summary>
public sealed class TranscriptEntry
{
    /// <summary>Grows; the order of the conversation.</summary>
    public long Id { get; set; }

    /// <summary>Whose.</summary>
    public string Conversation { get; set; } = "";

    /// <summary>Unique in a conversation: what is written twice stands there once.</summary>
    public string Key { get; set; } = "";

    /// <summary>JSON; only the writer reads it.</summary>
    public string Body { get; set; } = "";

    public DateTime CreatedAt { get; set; }
}

/// <summary>A file kept in the database, where several hosts have no folder in common.</summary>
public sealed class StoredFile
{
    public string Name { get; set; } = "";

    public byte[] Bytes { get; set; } = [];

    public DateTime CreatedAt { get; set; }
}

/// <summary>A value that is kept between runs: the token of the admin page, whether the queue is paused, measured step times.</summary>
public sealed class StoredSetting
{
    public string Key { get; set; } = "";

    public string Value { get; set; } = "";
}

/// <summary>A number that several hosts count on: the round of turns, the requests accepted so far.</summary>
public sealed class StoredCounter
{
    public string Name { get; set; } = "";

    public long Value { get; set; }
}

/// <summary>A file that has to go: written with the removal of its row, so that a crash between the two leaves none behind.</summary>
public sealed class StoredRemoval
{
    public string FileName { get; set; } = "";
}
