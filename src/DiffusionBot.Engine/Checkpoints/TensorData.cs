using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
namespace DiffusionBot.Engine.Checkpoints;
internal static class TensorData
{
    public static void ReadHalves(SafeFileHandle f, TensorInfo t, long first, Span<Half> to)
    {
        if (t.Type == TensorType.F16) { ModelFileAccess.Read(f, MemoryMarshal.AsBytes(to), t.Offset + first * 2, t.File); return; }
        var tmp = ArrayPool<float>.Shared.Rent(to.Length); ReadFloats(f, t, first, tmp.AsSpan(0, to.Length)); TensorPrimitives.ConvertToHalf(tmp.AsSpan(0, to.Length), to); ArrayPool<float>.Shared.Return(tmp);
    }
    public static void ReadFloats(SafeFileHandle f, TensorInfo t, long first, Span<float> to)
    {
        if (t.Type == TensorType.F32) { ModelFileAccess.Read(f, MemoryMarshal.AsBytes(to), t.Offset + first * 4, t.File); return; }
        var tmp = ArrayPool<Half>.Shared.Rent(to.Length);
        ModelFileAccess.Read(f, MemoryMarshal.AsBytes(tmp.AsSpan(0, to.Length)), t.Offset + first * 2, t.File);
        TensorPrimitives.ConvertToSingle(tmp.AsSpan(0, to.Length), to);
        ArrayPool<Half>.Shared.Return(tmp);
    }
}
