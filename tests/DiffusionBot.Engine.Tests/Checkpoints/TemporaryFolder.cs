namespace DiffusionBot.Engine.Tests.Checkpoints;

/// <summary>A folder of one test's own, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("diffusionbot-").FullName;

    /// <summary>A path in it; the folders on the way are made.</summary>
    public string At(string relative)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>A file with these bytes.</summary>
    public string Write(string relative, ReadOnlySpan<byte> bytes)
    {
        var path = At(relative);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
