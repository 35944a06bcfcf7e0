using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>The bytes of a pickle, read forward. What it claims to hold is compared with what is there before anything is allocated.</summary>
internal sealed class PickleInput
{
    /// <summary>The longest pickle that is read. That of a full-size checkpoint with all its training state takes under 4 MB.</summary>
    public const int MaxBytes = 16 << 20;

    private const int WindowBytes = 1 << 14;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string path;
    private readonly SafeFileHandle? file;
    private readonly long end;
    private byte[] window;
    private int at;
    private int filled;
    private long next;

    /// <summary>Bytes in memory.</summary>
    public PickleInput(byte[] pickle, string path) =>
        (this.path, window, filled, next, end) = (path, pickle, pickle.Length, pickle.Length, pickle.Length);

    /// <summary>A part of a file, from <paramref name="start"/> to before <paramref name="end"/> at most.</summary>
    public PickleInput(SafeFileHandle file, string path, long start, long end)
    {
        (this.file, this.path, next, window) = (file, path, start, []);
        this.end = Math.Min(end, start + MaxBytes);
    }

    /// <summary>Where the next byte is: in the file, or in the pickle where that was unpacked.</summary>
    public long Position => next - (filled - at);

    /// <summary>The next byte.</summary>
    public byte Byte() => Bytes(1)[0];

    /// <summary>An unsigned number, little-endian.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    /// <summary>A number, little-endian.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    /// <summary>A number, little-endian.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long)));

    /// <summary>A double, big-endian: the one thing that pickles write so.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(sizeof(double)));

    /// <summary>UTF-8.</summary>
    public string Text(ulong bytes)
    {
        var start = Position;
        try
        {
            return Utf8.GetString(Bytes(bytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidCheckpointException($"{path}: the text at byte {start} of the pickle is not UTF-8.", e);
        }
    }

    /// <summary>Up to the next line feed, without it.</summary>
    public string Line()
    {
        const int longest = 1000;
        var (start, line) = (Position, new StringBuilder());
        for (var c = Byte(); c != '\n'; c = Byte())
        {
            if (line.Length == longest) throw new InvalidCheckpointException($"{path}: the line at byte {start} of the pickle is longer than {longest} bytes.");
            line.Append((char)c);
        }
        return line.ToString();
    }

    /// <summary>That many bytes, until the next call.</summary>
    public ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)(end - Position))
            throw new InvalidCheckpointException($"{path}: the pickle claims {count} bytes at byte {Position}; it has {end - Position} left, at most {MaxBytes} in all. The download may be incomplete.");
        if (count > (ulong)(filled - at)) Refill((int)count);
        var bytes = window.AsSpan(at, (int)count);
        at += (int)count;
        return bytes;
    }

    private void Refill(int count)
    {
        var start = Position;
        var size = (int)Math.Min(Math.Max(count, WindowBytes), end - start);
        if (window.Length < size || window.Length > WindowBytes) window = new byte[size];
        ModelFileAccess.Read(file!, window.AsSpan(0, size), start, path);
        (at, filled, next) = (0, size, start + size);
    }
}
