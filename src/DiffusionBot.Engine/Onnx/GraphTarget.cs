namespace DiffusionBot.Engine.Onnx;

/// <summary>What a graph is written for: the same network, in the operators that run best there.</summary>
/// <param name="Type">What the graph computes with.</param>
/// <param name="BlockSize">
/// How many channels ONNX Runtime's CPU convolutions keep side by side (16 with AVX-512, 8 with AVX2); 0: convolutions stay
/// in NCHW. See <see cref="Runtime.CpuBlocking"/>.
/// </param>
/// <param name="FusedGroupNorm">com.microsoft.GroupNorm, which only CUDA has.</param>
internal sealed record GraphTarget(ElementType Type, int BlockSize, bool FusedGroupNorm)
{
    /// <summary>Standard operators in float: runs anywhere, and is what the others are compared with.</summary>
    public static GraphTarget Plain { get; } = new(ElementType.Float, 0, false);

    /// <summary>Half precision with CUDA's fused kernels.</summary>
    public static GraphTarget Cuda { get; } = new(ElementType.Half, 0, true);

    /// <summary>Float, with convolutions in blocks of <paramref name="blockSize"/> channels (0: not blocked).</summary>
    public static GraphTarget Cpu(int blockSize) => new(ElementType.Float, blockSize, false);
}
