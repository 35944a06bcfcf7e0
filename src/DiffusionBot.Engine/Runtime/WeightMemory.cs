using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// The weights of one session that could not be read straight from the checkpoint: converted to the type and laid out in the order
/// that its operators read. One block of native memory, one owner, alive as long as the session.
/// </summary>
internal sealed unsafe partial class WeightMemory : IDisposable
{
    private const int Alignment = 64;
    private const int HugePage = 2 << 20;
    private const int AdviceHugePages = 14;   // MADV_HUGEPAGE
    private const int PieceElements = 1 << 20;

    private byte* memory;

    private WeightMemory(byte* memory, long bytes)
    {
        this.memory = memory;
        Bytes = bytes;
    }

    /// <summary>Bytes taken.</summary>
    public long Bytes { get; }

    /// <summary>Where each weight lies: name to address and length in bytes.</summary>
    public Dictionary<string, (nint Address, long Bytes)> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads, converts and lays out <paramref name="uses"/>, on all cores.</summary>
    /// <param name="uses">Weights of one file.</param>
    /// <param name="blockSize">Channels in a block of the blocked layouts.</param>
    /// <param name="cancel">Stops between pieces.</param>
    /// <exception cref="NotEnoughMemoryException">They do not fit.</exception>
    /// <exception cref="InvalidCheckpointException">A file ends early or cannot be read.</exception>
    public static WeightMemory Load(IReadOnlyList<WeightUse> uses, int blockSize, CancellationToken cancel)
    {
        var offsets = new long[uses.Count + 1];
        for (var i = 0; i < uses.Count; i++) offsets[i + 1] = offsets[i] + (uses[i].Bytes + Alignment - 1) / Alignment * Alignment;
        var total = Math.Max(offsets[^1], Alignment);
        var weights = new WeightMemory(Allocate(total), total);
        try
        {
            var pieces = new List<Piece>();
            for (var i = 0; i < uses.Count; i++)
            {
                weights.Places[uses[i].Name] = ((nint)(weights.memory + offsets[i]), uses[i].Bytes);
                Cut(uses[i], weights.memory + offsets[i], blockSize, pieces);
            }
            Fill(pieces, cancel);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Puts numbers in the place of a weight's own.</summary>
    /// <param name="use">Of this memory.</param>
    /// <param name="numbers">As many as its tensor has, row-major.</param>
    /// <param name="blockSize">As it was loaded with.</param>
    public void Put(WeightUse use, ReadOnlySpan<float> numbers, int blockSize)
    {
        if (numbers.Length != use.Tensor.Elements) throw new ArgumentException($"{numbers.Length} numbers for '{use.Name}'; expected {use.Tensor.Elements}.", nameof(numbers));
        var pieces = new List<Piece>();
        Cut(use, (byte*)Places[use.Name].Address, blockSize, pieces);
        fixed (float* start = numbers)
        {
            foreach (var piece in pieces) Fill(piece with { Numbers = (nint)start }, file: null);
        }
    }

    /// <summary>Brings weights back to what their files say, bit by bit.</summary>
    public void Restore(IEnumerable<WeightUse> uses, int blockSize, CancellationToken cancel)
    {
        var pieces = new List<Piece>();
        foreach (var use in uses) Cut(use, (byte*)Places[use.Name].Address, blockSize, pieces);
        Fill(pieces, cancel);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }

    private static byte* Allocate(long bytes)
    {
        try
        {
            var memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)(bytes < HugePage ? Alignment : HugePage));
            // Gigabytes in pages of 4 KB cost the kernel seconds of faults. Advice only: without it all works, slower.
            if (OperatingSystem.IsLinux() && bytes >= HugePage) _ = Advise(memory, (nuint)bytes, AdviceHugePages);
            return memory;
        }
        catch (OutOfMemoryException e)
        {
            throw new NotEnoughMemoryException(
                new($"The model's weights need {bytes >> 20} MB of memory, and the machine does not have them.", $"模型权重需要 {bytes >> 20} MB 内存，这台机器没有这么多。"), e);
        }
    }

    /// <summary>madvise(2).</summary>
    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);

    /// <summary>A part of a tensor that one thread does: some rows of a kernel's block, or a run of elements.</summary>
    private sealed record Piece(WeightUse Use, nint Target, long First, int Count, int BlockSize)
    {
        /// <summary>Where the whole tensor's numbers are, as float; 0: in its file.</summary>
        public nint Numbers { get; init; }

        public void Read(SafeFileHandle? file, long first, Span<float> to)
        {
            if (Numbers == 0) TensorData.ReadFloats(file!, Use.Tensor, first, to);
            else new ReadOnlySpan<float>((float*)Numbers + first, to.Length).CopyTo(to);
        }

        public void Read(SafeFileHandle? file, long first, Span<Half> to)
        {
            if (Numbers == 0) TensorData.ReadHalves(file!, Use.Tensor, first, to);
            else TensorPrimitives.ConvertToHalf(new ReadOnlySpan<float>((float*)Numbers + first, to.Length), to);
        }
    }

    private static void Cut(WeightUse use, byte* target, int blockSize, List<Piece> pieces)
    {
        if (use.Layout is WeightLayout.BlockedKernel or WeightLayout.BlockedKernelOfPlainInput)
        {
            // One block of output channels a piece.
            for (long o = 0; o < use.Tensor.Shape[0]; o += blockSize)
            {
                var rows = (int)Math.Min(blockSize, use.Tensor.Shape[0] - o);
                var blockElements = use.Shape[1] * use.Shape[2] * use.Shape[3] * blockSize;
                pieces.Add(new Piece(use, (nint)(target + o / blockSize * blockElements * sizeof(float)), o, rows, blockSize));
            }
            return;
        }
        var size = use.Type == ElementType.Half ? 2 : 4;
        var elements = use.Tensor.Elements;
        for (long at = 0; at < elements; at += PieceElements)
            pieces.Add(new Piece(use, (nint)(target + at * size), at, (int)Math.Min(PieceElements, elements - at), blockSize));
        // A bias that is filled up.
        var filled = use.Bytes - elements * size;
        if (filled > 0) NativeMemory.Clear(target + elements * size, (nuint)filled);
    }

    private static void Fill(List<Piece> pieces, CancellationToken cancel)
    {
        var files = pieces.Select(p => p.Use.Tensor.File).Distinct(StringComparer.Ordinal)
            .ToDictionary(f => f, f => ModelFileAccess.Open(f, out _, out _), StringComparer.Ordinal);
        try
        {
            Parallel.ForEach(pieces, new ParallelOptions { CancellationToken = cancel },
                piece => Fill(piece, files[piece.Use.Tensor.File]));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        finally
        {
            foreach (var file in files.Values) file.Dispose();
        }
    }

    private static void Fill(Piece piece, SafeFileHandle? file)
    {
        var use = piece.Use;
        switch (use.Layout)
        {
            case WeightLayout.BlockedKernel or WeightLayout.BlockedKernelOfPlainInput:
                FillBlock(piece, file);
                break;
            case WeightLayout.Plain or WeightLayout.BlockedBias when use.Type == ElementType.Half:
                piece.Read(file, piece.First, new Span<Half>((void*)piece.Target, piece.Count));
                break;
            default:
                piece.Read(file, piece.First, new Span<float>((void*)piece.Target, piece.Count));
                break;
        }
    }

    /// <summary>[rows, I, H, W] to [I/b, H, W, b of I, b of O], or [I, H, W, b of O] where the input stays plain.</summary>
    private static void FillBlock(Piece piece, SafeFileHandle? file)
    {
        var (use, block) = (piece.Use, piece.BlockSize);
        var inputs = (int)use.Tensor.Shape[1];
        var area = (int)(use.Tensor.Shape[2] * use.Tensor.Shape[3]);
        var row = inputs * area;
        var rented = ArrayPool<float>.Shared.Rent(block * row);
        try
        {
            piece.Read(file, piece.First * row, rented.AsSpan(0, piece.Count * row));
            rented.AsSpan(piece.Count * row, (block - piece.Count) * row).Clear();
            var group = use.Layout == WeightLayout.BlockedKernel ? block : 1;
            var to = (float*)piece.Target;
            fixed (float* from = rented)
            {
                for (var first = 0; first < inputs; first += group)
                {
                    for (var k = 0; k < area; k++)
                    {
                        for (var i = first; i < first + group; i++, to += block)
                        {
                            if (i >= inputs)
                            {
                                new Span<float>(to, block).Clear();
                                continue;
                            }
                            var source = from + i * area + k;
                            for (var o = 0; o < block; o++) to[o] = source[o * row];
                        }
                    }
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
