using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Generation.Storage;

/// <summary>Where files lie.</summary>
public enum FilePlace
{
    /// <summary>In <see cref="DataOptions.Folder"/>; several hosts share it.</summary>
    Folder,

    /// <summary>In the database, where several hosts have no folder in common.</summary>
    Database,
}

/// <summary>What is kept, where and for how long: the section `Data`.</summary>
public sealed class DataOptions
{
    /// <summary>Where pictures and the database lie; what is not absolute is relative to the settings file. Default data.</summary>
    [Required] public string Folder { get; set; } = "data";

    /// <summary>A Postgres connection string, for several hosts; null: SQLite in <see cref="Folder"/>, for one. Default null.</summary>
    public string? Database { get; set; }

    /// <summary>Where pictures lie. Default Folder.</summary>
    [EnumDataType(typeof(FilePlace))] public FilePlace Files { get; set; } = FilePlace.Folder;

    /// <summary>After how many days requests, pictures and conversations go, 0 to 36,500; 0: never. Default 0.</summary>
    [Range(0, 36_500)] public int RetentionDays { get; set; }

    /// <summary>How much all pictures may take, in MB, before the oldest go, 0 to 1,000,000,000; 0: as much as there is. Default 0.</summary>
    [Range(0, 1_000_000_000)] public long MaxDiskMb { get; set; }
}
