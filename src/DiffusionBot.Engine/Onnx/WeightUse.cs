using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Onnx;

/// <summary>How a tensor of a checkpoint has to lie in memory for the operator that uses it.</summary>
internal enum WeightLayout
{
    /// <summary>As in the checkpoint: row-major.</summary>
    Plain,

    /// <summary>
    /// A convolution's kernel [O, I, H, W] as ONNX Runtime's blocked convolution reads it: [O/b, I/b, H, W, b of I, b of O],
    /// both channel counts filled up to a multiple of b with zeros.
    /// </summary>
    BlockedKernel,

    /// <summary>The same for the first convolution, whose few input channels stay unblocked: [O/b, I, H, W, b of O].</summary>
    BlockedKernelOfPlainInput,

    /// <summary>A bias [O], filled up to a multiple of b with zeros.</summary>
    BlockedBias,
}

/// <summary>A tensor of a checkpoint that the graph names as an initializer.</summary>
/// <param name="Name">The initializer's name in the graph: the tensor's own, with a mark behind it where it is not whole or not plain.</param>
/// <param name="Tensor">Where the numbers are.</param>
/// <param name="Type">The type that the graph computes with.</param>
/// <param name="Layout">How the numbers have to lie.</param>
/// <param name="Shape">The initializer's shape; for blocked kernels with the channels filled up.</param>
internal sealed record WeightUse(string Name, TensorInfo Tensor, ElementType Type, WeightLayout Layout, long[] Shape)
{
    /// <summary>Bytes that it takes as the graph computes with it.</summary>
    public long Bytes => Shape.Aggregate(Type == ElementType.Half ? 2L : 4L, (bytes, dimension) => bytes * dimension);
}
