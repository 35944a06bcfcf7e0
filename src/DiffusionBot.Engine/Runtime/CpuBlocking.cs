using DiffusionBot.Engine.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// How many channels ONNX Runtime's blocked convolutions keep side by side on this processor. There is no call that tells, but a reorder
/// of four channels comes back filled up to one block, so a graph of that one node is asked, once a process.
/// </summary>
internal static class CpuBlocking
{
    private static readonly Lazy<int> Asked = new(Ask);

    /// <summary>16 with AVX-512, 8 with AVX2 or on ARM64; 0 where this build of ONNX Runtime has no blocked convolutions.</summary>
    public static int BlockSize => Asked.Value;

    private static int Ask()
    {
        try
        {
            using var session = OrtSession.Create(GraphBuilder.BlockSizeQuestion(), new SessionSettings { Threads = 1 });
            using var binding = session.Bind();
            binding.Input("x", new float[4], 1, 4, 1, 1);
            return (int)binding.ShapeOf("filled")[1];
        }
        catch (OnnxRuntimeException)
        {
            // No such operator: a processor without AVX2, or another build of the library. Standard convolutions work everywhere.
            return 0;
        }
    }
}
