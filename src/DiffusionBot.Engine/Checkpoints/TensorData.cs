using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>
/// Tensors as numbers: F64, F32, F16 and BF16 become float. Reads, never maps: where a mapped file shrinks the process
/// dies, where a read file shrinks there is an error to show.
/// </summary>
internal static class TensorData
{
    // Half a megabyte of F16: read and converted while it is in the core's own cache.
    private const int PieceElements = 1 << 18;

    /// <summary>A whole tensor, row-major. Large ones are converted on all cores.</summary>
    /// <exception cref="InvalidCheckpointException">The type is not one of the four, or the file cannot be read.</exception>
    public static float[] Floats(TensorInfo tensor)
    {
        var floats = GC.AllocateUninitializedArray<float>(Count(tensor));
        Read(tensor, floats);
        return floats;
    }

    /// <summary>A whole tensor's elements as the file has them, of any type, row-major.</summary>
    /// <exception cref="InvalidCheckpointException">The file cannot be read, or the tensor is too large for one array.</exception>
    public static byte[] Bytes(TensorInfo tensor)
    {
        if (tensor.Length > Array.MaxLength) throw new InvalidCheckpointException($"{tensor.File}: tensor '{tensor.Name}' has {tensor.Length} bytes; at most {Array.MaxLength} are read at once.");
        var bytes = GC.AllocateUninitializedArray<byte>((int)tensor.Length);
        using var handle = ModelFileAccess.Open(tensor.File, out _, out _);
        var size = tensor.Type.Size();
        for (var first = 0; first * (long)size < bytes.Length; first += PieceElements)
            ReadBytes(handle, tensor, first, bytes.AsSpan(first * size, Math.Min(PieceElements * size, bytes.Length - first * size)));
        return bytes;
    }

    /// <summary>Like <see cref="Floats"/>, into memory of exactly the tensor's elements.</summary>
    public static unsafe void Read(TensorInfo tensor, Span<float> destination)
    {
        if (destination.Length != tensor.Elements)
            throw new ArgumentException($"'{tensor.Name}' has {tensor.Elements} elements; the destination {destination.Length}.", nameof(destination));
        fixed (float* start = destination) Read([(tensor, (nint)start)]);
    }

    /// <summary>
    /// Many tensors at once, on all cores: whole models are read so.
    /// </summary>
    /// <param name="tensors">Each with the address of room for its elements as float. The caller keeps that memory in place.</param>
    /// <param name="cancel">Stops between pieces.</param>
    public static void Read(IReadOnlyList<(TensorInfo Tensor, nint Destination)> tensors, CancellationToken cancel = default)
    {
        var handles = new Dictionary<string, SafeFileHandle>(StringComparer.Ordinal);
        try
        {
            var pieces = new List<Piece>();
            foreach (var (tensor, destination) in tensors)
            {
                ThrowUnlessFloating(tensor);
                if (!handles.TryGetValue(tensor.File, out var handle))
                    handles.Add(tensor.File, handle = ModelFileAccess.Open(tensor.File, out _, out _));
                for (var first = 0L; first < tensor.Elements; first += PieceElements)
                    pieces.Add(new Piece(tensor, handle, destination, first, (int)Math.Min(PieceElements, tensor.Elements - first)));
            }
            if (pieces.Count == 1) pieces[0].Read();
            else Parallel.ForEach(pieces, new ParallelOptions { CancellationToken = cancel }, piece => piece.Read());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        finally
        {
            foreach (var handle in handles.Values) handle.Dispose();
        }
    }

    /// <summary>A run of a tensor's elements as float, on this thread.</summary>
    /// <param name="handle">The tensor's file, open.</param>
    /// <param name="tensor">F64, F32, F16 or BF16.</param>
    /// <param name="first">The first element.</param>
    /// <param name="to">Room for as many as are wanted.</param>
    public static void ReadFloats(SafeFileHandle handle, TensorInfo tensor, long first, Span<float> to)
    {
        ThrowUnlessFloating(tensor);
        for (var done = 0; done < to.Length;)
        {
            var piece = to.Slice(done, Math.Min(PieceElements, to.Length - done));
            ReadPiece(handle, tensor, first + done, piece);
            done += piece.Length;
        }
    }

    /// <summary>Like <see cref="ReadFloats"/>, in half precision; F16 is read as it is.</summary>
    public static void ReadHalves(SafeFileHandle handle, TensorInfo tensor, long first, Span<Half> to)
    {
        if (tensor.Type == TensorType.F16)
        {
            ReadBytes(handle, tensor, first, MemoryMarshal.AsBytes(to));
            return;
        }
        var rented = ArrayPool<float>.Shared.Rent(to.Length);
        ReadFloats(handle, tensor, first, rented.AsSpan(0, to.Length));
        TensorPrimitives.ConvertToHalf(rented.AsSpan(0, to.Length), to);
        ArrayPool<float>.Shared.Return(rented);
    }

    private static int Count(TensorInfo tensor) => tensor.Elements <= Array.MaxLength
        ? (int)tensor.Elements
        : throw new InvalidCheckpointException($"{tensor.File}: tensor '{tensor.Name}' has {tensor.Elements} elements; at most {Array.MaxLength} are read at once.");

    private readonly record struct Piece(TensorInfo Tensor, SafeFileHandle Handle, nint Destination, long First, int Count)
    {
        public unsafe void Read() =>
            ReadPiece(Handle, Tensor, First, new Span<float>((float*)Destination + First, Count));
    }

    private static void ThrowUnlessFloating(TensorInfo tensor)
    {
        if (tensor.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.F64))
            throw new InvalidCheckpointException($"{tensor.File}: tensor '{tensor.Name}' is {tensor.Type}; weights are read from F64, F32, F16 and BF16.");
    }

    private static void ReadBytes(SafeFileHandle handle, TensorInfo tensor, long first, Span<byte> to)
    {
        if (tensor.Strides is null) ModelFileAccess.Read(handle, to, tensor.Offset + (first * tensor.Type.Size()), tensor.File);
        else StridedReads.Read(handle, tensor, first, to);
    }

    private static void ReadPiece(SafeFileHandle handle, TensorInfo tensor, long first, Span<float> to)
    {
        if (tensor.Type == TensorType.F32)
        {
            ReadBytes(handle, tensor, first, MemoryMarshal.AsBytes(to));
            return;
        }
        var size = to.Length * tensor.Type.Size();
        var rented = ArrayPool<byte>.Shared.Rent(size);
        ReadBytes(handle, tensor, first, rented.AsSpan(0, size));
        Convert(tensor.Type, rented.AsSpan(0, size), to);
        ArrayPool<byte>.Shared.Return(rented);
    }

    private static void Convert(TensorType type, ReadOnlySpan<byte> from, Span<float> to)
    {
        switch (type)
        {
            case TensorType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(from), to);
                break;
            case TensorType.BF16:   // the upper half of a float
                var bits = MemoryMarshal.Cast<float, uint>(to);
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, ushort>(from), bits);
                TensorPrimitives.ShiftLeft<uint>(bits, 16, bits);
                break;
            default:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(from), to);
                break;
        }
    }
}
