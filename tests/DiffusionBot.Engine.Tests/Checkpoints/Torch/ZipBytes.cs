using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>Writes zip archives for tests: sound ones, and ones whose fields lie.</summary>
internal sealed class ZipBytes
{
    private readonly List<byte> file = [];
    private readonly List<byte> directory = [];
    private int count;

    /// <param name="name">The entry's.</param>
    /// <param name="data">Unpacked.</param>
    /// <param name="deflated">Packed by method 8.</param>
    /// <param name="zip64">Sizes and place in 64 bits.</param>
    /// <param name="change">Changes the directory's entry of 46 bytes.</param>
    public ZipBytes Add(string name, ReadOnlySpan<byte> data, bool deflated = false, bool zip64 = false, Action<byte[]>? change = null)
    {
        var (packed, utf8, header) = (deflated ? Deflate(data) : data.ToArray(), Encoding.UTF8.GetBytes(name), file.Count);
        var (method, length) = ((ushort)(deflated ? 8 : 0), (uint)data.Length);
        file.AddRange([.. "PK\x03\x04"u8, .. Two(45), .. Two(0x800), .. Two(method), .. new byte[8], .. Four((uint)packed.Length), .. Four(length), .. Two((ushort)utf8.Length), .. Two(0), .. utf8, .. packed]);
        byte[] extra = zip64 ? [.. Two(1), .. Two(24), .. Eight(length), .. Eight(packed.Length), .. Eight(header)] : [];
        byte[] entry =
        [
            .. "PK\x01\x02"u8, .. Two(45), .. Two(45), .. Two(0x800), .. Two(method), .. new byte[8],
            .. Four(zip64 ? uint.MaxValue : (uint)packed.Length), .. Four(zip64 ? uint.MaxValue : length),
            .. Two((ushort)utf8.Length), .. Two((ushort)extra.Length), .. new byte[10], .. Four(zip64 ? uint.MaxValue : (uint)header),
        ];
        change?.Invoke(entry);
        directory.AddRange([.. entry, .. utf8, .. extra]);
        count++;
        return this;
    }

    /// <param name="zip64">With an end of 64 bits, as torch writes it.</param>
    /// <param name="change">Changes the end of 22 bytes.</param>
    public byte[] ToBytes(bool zip64 = false, Action<byte[]>? change = null)
    {
        var end64At = file.Count + directory.Count;
        byte[] end64 = !zip64 ? [] :
        [
            .. "PK\x06\x06"u8, .. Eight(44), .. Two(45), .. Two(45), .. Four(0), .. Four(0), .. Eight(count), .. Eight(count), .. Eight(directory.Count), .. Eight(file.Count),
            .. "PK\x06\x07"u8, .. Four(0), .. Eight(end64At), .. Four(1),
        ];
        byte[] end =
        [
            .. "PK\x05\x06"u8, .. new byte[4], .. Two(zip64 ? ushort.MaxValue : (ushort)count), .. Two(zip64 ? ushort.MaxValue : (ushort)count),
            .. Four(zip64 ? uint.MaxValue : (uint)directory.Count), .. Four(zip64 ? uint.MaxValue : (uint)file.Count), .. Two(0),
        ];
        change?.Invoke(end);
        return [.. file, .. directory, .. end64, .. end];
    }

    private static byte[] Deflate(ReadOnlySpan<byte> data)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(data);
        return packed.ToArray();
    }

    private static byte[] Two(ushort value)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Four(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Eight(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
