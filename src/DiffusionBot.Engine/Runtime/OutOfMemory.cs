using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Runtime;

/// <summary>ONNX Runtime's ways of saying that memory is out, in words that help.</summary>
internal static class OutOfMemory
{
    // There is no error code for it: these are the texts of its allocators and of CUDA's libraries.
    private static readonly string[] Texts =
        ["bad_alloc", "Failed to allocate memory", "out of memory", "ALLOC_FAILED", "Available memory of", "cudaErrorMemoryAllocation"];

    public static bool IsSaidBy(OnnxRuntimeException e) => Texts.Any(text => e.Message.Contains(text, StringComparison.OrdinalIgnoreCase));

    public static NotEnoughMemoryException WhileLoading(string graph, Exception inner) =>
        new(new(
            $"There is not enough memory for the model's {graph} network. Close what else uses the memory (or the graphics card), or take a smaller model.",
            $"内存不足，装不下模型的 {graph} 网络。请关闭其他占用内存或显存的程序，或换一个更小的模型。"), inner);

    public static NotEnoughMemoryException WhileRunning(Exception inner) =>
        new(new("There is not enough memory to draw a picture of this size. A smaller size or batch needs less.", "内存不足，画不了这么大的图。尺寸或每批数量小一些，需要的内存就少一些。"), inner);
}
