using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>A file in an archive.</summary>
/// <param name="Name">Its path there.</param>
/// <param name="Header">Byte offset of its local header.</param>
/// <param name="Offset">Byte offset of its data.</param>
/// <param name="Packed">Bytes in the archive.</param>
/// <param name="Length">Bytes unpacked; the same where it is stored.</param>
/// <param name="IsStored">As it is, and not deflated.</param>
internal sealed record ZipEntry(string Name, long Header, long Offset, long Packed, long Length, bool IsStored);

/// <summary>
/// The directory of a zip archive, believed only where all of it agrees: entries of unique names that lead nowhere else, each within the
/// file, none over another. Format: PKWARE's APPNOTE.TXT 6.3, with zip64, which torch always writes.
/// </summary>
internal static class ZipDirectory
{
    // A checkpoint has an entry for each tensor: some thousands.
    private const int MaxEntries = 100_000;
    private const int MaxDirectoryBytes = 16 << 20;

    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int LocatorBytes = 20;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;

    private const ushort Stored = 0;
    private const ushort Deflated = 8;

    // Nothing but a file made to unpack into more than a disk holds is smaller by more.
    private const long MostPacked = 200;
    private const long SmallBytes = 1 << 20;

    /// <summary>Reads and checks the directory.</summary>
    /// <returns>By name.</returns>
    /// <exception cref="InvalidCheckpointException">It is no sound archive.</exception>
    public static Dictionary<string, ZipEntry> Read(SafeFileHandle file, string path, long length)
    {
        var (start, bytes, count) = FindDirectory(file, path, length);
        var directory = new byte[bytes];
        ModelFileAccess.Read(file, directory, start, path);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        for (var rest = directory.AsSpan(); count > 0; count--)
        {
            var entry = ReadEntry(ref rest, file, path, start);
            if (!entries.TryAdd(entry.Name, entry)) throw Error(path, $"'{ModelFileAccess.Printable(entry.Name)}' is there twice");
        }
        ThrowIfOverlapping(entries.Values, path);
        return entries;
    }

    private static (long Start, int Bytes, int Count) FindDirectory(SafeFileHandle file, string path, long length)
    {
        if (length < EndBytes) throw Error(path, "it ends before its directory. The download may be incomplete");
        var tail = new byte[Math.Min(length, EndBytes + LocatorBytes + ushort.MaxValue)];
        ModelFileAccess.Read(file, tail, length - tail.Length, path);
        var at = tail.AsSpan(0, tail.Length - EndBytes + 4).LastIndexOf("PK\x05\x06"u8);
        if (at < 0) throw Error(path, "it ends before its directory. The download may be incomplete");
        var end = tail.AsSpan(at);
        var (disk, count, bytes, start) = (BinaryPrimitives.ReadUInt16LittleEndian(end[4..]), (ulong)BinaryPrimitives.ReadUInt16LittleEndian(end[10..]),
            (ulong)BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(end[16..]));
        if (disk is not 0 and not ushort.MaxValue) throw Error(path, "it is one of several parts; expected a whole archive");

        var before = length - tail.Length + at;   // where the directory must have ended
        if (at >= LocatorBytes && tail.AsSpan(at - LocatorBytes).StartsWith("PK\x06\x07"u8))
        {
            Span<byte> end64 = stackalloc byte[End64Bytes];
            var end64At = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(at - LocatorBytes + 8));
            if (end64At < 0 || end64At > before - LocatorBytes - End64Bytes) throw Error(path, $"its zip64 directory is said to end at byte {end64At} of {length}");
            ModelFileAccess.Read(file, end64, end64At, path);
            if (!end64.StartsWith("PK\x06\x06"u8)) throw Error(path, $"its zip64 directory does not end at byte {end64At}, where it is said to");
            (count, bytes, start) = (BinaryPrimitives.ReadUInt64LittleEndian(end64[32..]), BinaryPrimitives.ReadUInt64LittleEndian(end64[40..]), BinaryPrimitives.ReadUInt64LittleEndian(end64[48..]));
            before = end64At;
        }
        if (count > MaxEntries || bytes > MaxDirectoryBytes) throw Error(path, $"its directory claims {count} entries in {bytes} bytes; the limits are {MaxEntries} and {MaxDirectoryBytes}");
        if (start > (ulong)before || bytes > (ulong)before - start) throw Error(path, $"its directory claims {bytes} bytes from {start}; it must end at byte {before}");
        return ((long)start, (int)bytes, (int)count);
    }

    private static ZipEntry ReadEntry(ref Span<byte> rest, SafeFileHandle file, string path, long directory)
    {
        if (rest.Length < CentralBytes || !rest.StartsWith("PK\x01\x02"u8)) throw Error(path, "its directory has fewer entries than it claims");
        var (flags, method) = (BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]), BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]));
        var (packed, length, header) = ((long)BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]), (long)BinaryPrimitives.ReadUInt32LittleEndian(rest[24..]), (long)BinaryPrimitives.ReadUInt32LittleEndian(rest[42..]));
        var (nameBytes, extraBytes, commentBytes) = (BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]), BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]), BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]));
        if (rest.Length - CentralBytes < nameBytes + extraBytes + commentBytes) throw Error(path, "its directory ends within an entry");
        var rawName = rest.Slice(CentralBytes, nameBytes);
        var name = Encoding.UTF8.GetString(rawName);
        ReadZip64(rest.Slice(CentralBytes + nameBytes, extraBytes), ref length, ref packed, ref header, path, name);
        rest = rest[(CentralBytes + nameBytes + extraBytes + commentBytes)..];

        if (LeadsOut(name)) throw Error(path, $"'{ModelFileAccess.Printable(name)}' leads out of the archive");
        if ((flags & 1) != 0) throw EntryError("is encrypted");
        if (method is not (Stored or Deflated)) throw EntryError($"is packed by method {method}; expected 0 (stored) or 8 (deflated)");
        if (packed < 0 || length < 0 || header < 0) throw EntryError("has a size or place beyond any file");
        if (method == Stored && packed != length) throw EntryError($"is stored, in {packed} bytes for {length}");
        if (method == Deflated && length > SmallBytes && length / MostPacked > packed) throw EntryError($"unpacks from {packed} bytes to {length}; at most {MostPacked} times as much is believed");

        Span<byte> local = stackalloc byte[LocalBytes];
        if (header > directory - LocalBytes) throw EntryError($"is said to begin at byte {header}; the directory begins at {directory}");
        ModelFileAccess.Read(file, local, header, path);
        var (localName, localExtra) = (BinaryPrimitives.ReadUInt16LittleEndian(local[26..]), BinaryPrimitives.ReadUInt16LittleEndian(local[28..]));
        if (!local.StartsWith("PK\x03\x04"u8) || localName != nameBytes) throw EntryError($"does not begin at byte {header}, where it is said to");
        var offset = header + LocalBytes + localName + localExtra;
        if (offset > directory || packed > directory - offset) throw EntryError($"has {packed} bytes from {offset}; the directory begins at {directory}");
        return new ZipEntry(name, header, offset, packed, length, method == Stored);

        InvalidCheckpointException EntryError(string found) => Error(path, $"'{ModelFileAccess.Printable(name)}' {found}");
    }

    /// <summary>Sizes and place in 8 bytes, in this order, of those that 4 bytes could not hold.</summary>
    private static void ReadZip64(ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long header, string path, string name)
    {
        const ushort zip64 = 1;
        while (extra.Length >= 4)
        {
            var (id, size) = (BinaryPrimitives.ReadUInt16LittleEndian(extra), BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]));
            if (size > extra.Length - 4) return;
            if (id == zip64)
            {
                var field = extra.Slice(4, size);
                Take(ref length, ref field);
                Take(ref packed, ref field);
                Take(ref header, ref field);
                return;
            }
            extra = extra[(4 + size)..];
        }

        void Take(ref long value, ref ReadOnlySpan<byte> field)
        {
            if (value != uint.MaxValue) return;
            if (field.Length < sizeof(long)) throw Error(path, $"'{ModelFileAccess.Printable(name)}' lacks its size in 64 bits");
            value = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[sizeof(long)..];
        }
    }

    private static bool LeadsOut(string name) =>
        name.Length == 0 || name[0] == '/' || name.AsSpan().ContainsAny("\\:\0") || name.Split('/').Contains("..", StringComparer.Ordinal);

    private static void ThrowIfOverlapping(IEnumerable<ZipEntry> entries, string path)
    {
        ZipEntry? before = null;
        foreach (var entry in entries.OrderBy(e => e.Header))
        {
            if (before is not null && entry.Header < before.Offset + before.Packed)
                throw Error(path, $"'{ModelFileAccess.Printable(entry.Name)}' begins at byte {entry.Header}, within '{ModelFileAccess.Printable(before.Name)}'");
            before = entry;
        }
    }

    private static InvalidCheckpointException Error(string path, string found) => new($"{path}: the archive is refused: {found}.");
}
