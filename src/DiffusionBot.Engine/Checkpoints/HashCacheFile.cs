using System.Collections.Concurrent;
using System.Text.Json;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>A hash with what it depends on.</summary>
/// <param name="Modified">Time of the file's last change, in ticks of UTC.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 hexadecimal digits, lower case.</param>
internal sealed record HashedFile(long Modified, long Size, string Sha256);

/// <summary>
/// model-hashes.json: path to <see cref="HashedFile"/>. Only a cache: what is wrong in it is ignored, a full disk too, and
/// where two processes write at once one entry may be lost and computed again.
/// </summary>
internal sealed class HashCacheFile(string folder)
{
    private const int MaxBytes = 16 << 20;

    private readonly string path = Path.Combine(folder, "model-hashes.json");
    private readonly Lock writing = new();

    /// <summary>Adds what the file knows; entries of other processes win, being newer.</summary>
    public void ReadInto(ConcurrentDictionary<string, HashedFile> entries)
    {
        foreach (var (key, value) in Read()) entries[key] = value;
    }

    /// <summary>Adds an entry to what the file holds now, and replaces the file as a whole.</summary>
    public void Add(string modelPath, HashedFile entry)
    {
        lock (writing)
        {
            var partial = $"{path}.{Path.GetRandomFileName()}";
            try
            {
                Directory.CreateDirectory(folder);
                var entries = Read();
                entries[modelPath] = entry;
                File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(entries));
                File.Move(partial, path, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Without the cache the next run computes again.
                if (File.Exists(partial)) File.Delete(partial);
            }
        }
    }

    private Dictionary<string, HashedFile> Read()
    {
        var sound = new Dictionary<string, HashedFile>(StringComparer.Ordinal);
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > MaxBytes) return sound;
            var read = JsonSerializer.Deserialize<Dictionary<string, HashedFile?>>(File.ReadAllBytes(path));
            foreach (var (key, value) in read ?? [])
            {
                if (value is { Sha256.Length: 64 } && value.Sha256.All(char.IsAsciiHexDigitLower)) sound[key] = value;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            sound.Clear();
        }
        return sound;
    }
}
