namespace DiffusionBot.Imaging.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("diffusionbot-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Writes_a_new_file_and_replaces_an_old_one()
    {
        var path = Path.Combine(folder, "图.png");
        AtomicFile.Write(path, [1, 2, 3]);
        AtomicFile.Write(path, [4]);
        Assert.Equal([4], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_partial_one()
    {
        var path = Path.Combine(folder, "a.png");
        AtomicFile.Write(path, [1, 2, 3]);
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(path, new byte[5000], temporary => new FullDisk(temporary)));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.Contains("5000 bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", e.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var path = Path.Combine(folder, "missing", "a.png");
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(path, [1]));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_that_name_is_left_alone()
    {
        var path = Path.Combine(folder, "a.png");
        Directory.CreateDirectory(path);
        Assert.Throws<IOException>(() => AtomicFile.Write(path, [1]));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
    }

    /// <summary>Takes a thousand bytes, then has no room.</summary>
    private sealed class FullDisk(string path) : FileStream(path, FileMode.CreateNew)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer[..1000]);
            Flush();
            throw new IOException("No space left on device");
        }
    }
}
