using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>Elements of tensors that do not lie row-major in their file, put into that order. Memory is bounded, whatever the strides.</summary>
internal static class StridedReads
{
    // What is read at once, with all that lies between the elements.
    private const int MaxSpanBytes = 32 << 20;

    // Reading what lies between costs less than a call to the system, up to about here.
    private const int WorthwhileGapBytes = 4096;

    /// <summary>A run of elements, as bytes.</summary>
    /// <param name="handle">The tensor's file, open.</param>
    /// <param name="tensor">One with strides.</param>
    /// <param name="first">The first element, row-major.</param>
    /// <param name="to">Room for as many as are wanted.</param>
    public static void Read(SafeFileHandle handle, TensorInfo tensor, long first, Span<byte> to)
    {
        var size = tensor.Type.Size();
        var count = to.Length / size;
        var places = ArrayPool<long>.Shared.Rent(Math.Max(count, 1));
        try
        {
            Locate(tensor, first, places.AsSpan(0, count));
            Gather(handle, tensor, places.AsSpan(0, count), size, to);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(places);
        }
    }

    /// <summary>The place of each element, in elements from the tensor's first.</summary>
    private static void Locate(TensorInfo tensor, long first, Span<long> places)
    {
        var (shape, strides) = (tensor.Shape, tensor.Strides!);
        var index = new long[shape.Count];
        var place = 0L;
        for (var (i, rest) = (shape.Count - 1, first); i >= 0; i--)
        {
            index[i] = rest % shape[i];
            place += index[i] * strides[i];
            rest /= shape[i];
        }
        for (var n = 0; n < places.Length; n++)
        {
            places[n] = place;
            for (var i = shape.Count - 1; i >= 0; i--)
            {
                place += strides[i];
                if (++index[i] < shape[i]) break;
                place -= shape[i] * strides[i];
                index[i] = 0;
            }
        }
    }

    private static void Gather(SafeFileHandle handle, TensorInfo tensor, ReadOnlySpan<long> places, int size, Span<byte> to)
    {
        if (places.Length == 0) return;
        var (low, high) = (long.MaxValue, 0L);
        foreach (var place in places) (low, high) = (Math.Min(low, place), Math.Max(high, place));
        var span = (high - low + 1) * size;
        if (span > MaxSpanBytes || span / places.Length > WorthwhileGapBytes)
        {
            if (places.Length == 1)
            {
                ModelFileAccess.Read(handle, to, tensor.Offset + (low * size), tensor.File);
                return;
            }
            var half = places.Length / 2;
            Gather(handle, tensor, places[..half], size, to[..(half * size)]);
            Gather(handle, tensor, places[half..], size, to[(half * size)..]);
            return;
        }
        var rented = ArrayPool<byte>.Shared.Rent((int)span);
        try
        {
            ModelFileAccess.Read(handle, rented.AsSpan(0, (int)span), tensor.Offset + (low * size), tensor.File);
            for (var n = 0; n < places.Length; n++) rented.AsSpan((int)((places[n] - low) * size), size).CopyTo(to[(n * size)..]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
