using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>
/// Hashes of model files, as WebUI names models by them. A hash of gigabytes takes seconds, so it is kept by full path,
/// time of change and size; in memory, and in a file where a folder for it is given.
/// </summary>
/// <param name="cacheFolder">Where hashes are kept between runs; made if missing. Null: nowhere.</param>
public sealed class ModelHashes(string? cacheFolder = null)
{
    /// <summary>Digits of the short hash, `Model hash` in infotext.</summary>
    public const int ShortDigits = 10;

    /// <summary>Digits of the hash that WebUI of 2022 wrote.</summary>
    public const int OldDigits = 8;

    private const int PieceBytes = 1 << 20;

    /// <summary>Behind a path: the hash is of what comes after the header.</summary>
    private const string DataMark = "#data";

    private readonly HashCacheFile? file = cacheFolder is null ? null : new HashCacheFile(cacheFolder);
    private readonly ConcurrentDictionary<string, HashedFile> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> running = new(StringComparer.Ordinal);
    private readonly Lock loading = new();
    private bool loaded;

    /// <summary>The SHA-256 of the whole file, 64 digits in lower case; computed only where it is not known, and never twice at once.</summary>
    /// <exception cref="InvalidCheckpointException">The file cannot be read, or changes while it is.</exception>
    public Task<string> Sha256Async(string path, CancellationToken cancel = default) => Sha256Async(path, "", cancel);

    /// <summary>The SHA-256 of a safetensors file's data, without its header, which may be edited; kept likewise.</summary>
    /// <exception cref="InvalidCheckpointException">The file cannot be read, is too short, or changes while it is.</exception>
    public Task<string> DataSha256Async(string path, CancellationToken cancel = default) => Sha256Async(path, DataMark, cancel);

    private async Task<string> Sha256Async(string path, string mark, CancellationToken cancel)
    {
        if (Known(path, mark) is { } hash) return hash;
        var turn = running.GetOrAdd(Path.GetFullPath(path), static _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            file?.ReadInto(known);   // another process may have been here meanwhile
            return Known(path, mark) ?? await Task.Run(() => Compute(path, mark, cancel), cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The SHA-256 if it is known already and the file has not changed since; else null. Reads no model.</summary>
    public string? Known(string path) => Known(path, "");

    private string? Known(string path, string mark)
    {
        lock (loading)
        {
            if (!loaded) file?.ReadInto(known);
            loaded = true;
        }
        var fullPath = Path.GetFullPath(path);
        return known.TryGetValue(fullPath + mark, out var entry) && Stamp(fullPath) == (entry.Modified, entry.Size) ? entry.Sha256 : null;
    }

    /// <summary>
    /// The hash of WebUI of 2022: the first 8 digits of the SHA-256 of 64 KiB at 1 MiB, or of what is there of them.
    /// </summary>
    public static string Old(string path)
    {
        using var handle = ModelFileAccess.Open(path, out var fullPath, out var length);
        const int offset = 0x100000;
        var bytes = new byte[Math.Clamp(length - offset, 0, 0x10000)];
        ModelFileAccess.Read(handle, bytes, offset, fullPath);
        return Convert.ToHexStringLower(SHA256.HashData(bytes))[..OldDigits];
    }

    private string Compute(string path, string mark, CancellationToken cancel)
    {
        using var handle = ModelFileAccess.Open(path, out var fullPath, out var length);
        var before = Stamp(fullPath);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = GC.AllocateUninitializedArray<byte>(PieceBytes);
        for (var offset = mark == DataMark ? DataStart(handle, fullPath, length) : 0L; offset < length; offset += PieceBytes)
        {
            cancel.ThrowIfCancellationRequested();
            var piece = buffer.AsSpan(0, (int)Math.Min(PieceBytes, length - offset));
            ModelFileAccess.Read(handle, piece, offset, fullPath);
            sha.AppendData(piece);
        }
        if (before is not { } stamp || Stamp(fullPath) != stamp || stamp.Size != length)
            throw new InvalidCheckpointException($"{fullPath}: the file changed while its hash was computed. Is it still being copied?");
        var entry = new HashedFile(stamp.Modified, stamp.Size, Convert.ToHexStringLower(sha.GetHashAndReset()));
        known[fullPath + mark] = entry;
        file?.Add(fullPath + mark, entry);
        return entry.Sha256;
    }

    private static long DataStart(Microsoft.Win32.SafeHandles.SafeFileHandle handle, string path, long length)
    {
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        ModelFileAccess.Read(handle, start, 0, path);
        var header = BitConverter.ToUInt64(start);
        return header <= (ulong)(length - start.Length) ? start.Length + (long)header
            : throw new InvalidCheckpointException($"{path}: the header claims {header} bytes; after its length the file has {length - start.Length}. The download may be incomplete.");
    }

    private static (long Modified, long Size)? Stamp(string fullPath)
    {
        try
        {
            var target = ModelFileAccess.Target(fullPath);
            return target.Exists ? (target.LastWriteTimeUtc.Ticks, target.Length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
