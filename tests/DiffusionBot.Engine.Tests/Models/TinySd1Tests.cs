using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Tests.Models;

/// <summary>The networks against the original's tensors, layer by layer, in every way that the CPU runs them.</summary>
public sealed class TinySd1Tests
{
    private static readonly SafetensorsFile Checkpoint = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));
    private static readonly ReferenceTensors Expected = ReferenceTensors.Open("families/tiny-sd1/expected.safetensors");

    /// <summary>Standard operators, and blocked ones as this processor has them.</summary>
    public static TheoryData<int> Blocks => CpuBlocking.BlockSize > 0 ? [0, CpuBlocking.BlockSize] : [0];

    public static TheoryData<string, int> UnetRuns
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var run in (string[])["a", "b", "frac", "odd"])
            {
                data.Add(run, 0);
                if (CpuBlocking.BlockSize > 0) data.Add(run, CpuBlocking.BlockSize);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(UnetRuns))]
    public void Unet_matches_the_reference(string run, int block)
    {
        using var session = UnetSession(block, null);
        Close($"unet/{run}/out", RunUnet(session, run, "out", $"unet/{run}/out"), 1e-4);
    }

    [Fact]
    public void Weights_that_the_runtime_copies_give_the_same_as_weights_in_place()
    {
        // The way of graphics cards, on the CPU: the calls are the same ones.
        var graph = Unet.Build(Checkpoint.Weights.At(Unet.Prefix), _ => 8, GraphTarget.Cpu(CpuBlocking.BlockSize));
        using var session = OrtSession.Create(graph, new SessionSettings { CopiesWeights = true });
        Close("unet/odd/out", RunUnet(session, "odd", "out", "unet/odd/out"), 1e-4);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_unet_block_matches_the_reference(int block)
    {
        var taps = new List<string>();
        using var session = UnetSession(block, (graph, name, value) =>
        {
            taps.Add(name);
            graph.Output(name, ElementType.Float, value, "b", value.Channels, $"{name}/h", $"{name}/w");
        });
        Assert.Equal(25, taps.Count);
        foreach (var tap in taps)
        {
            var reference = tap == "middle_block" ? "unet/a/middle_block.0" : $"unet/a/{tap}";
            Close(reference, RunUnet(session, "a", tap, reference), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Autoencoder_matches_the_reference(int block)
    {
        var weights = Checkpoint.Weights.At("first_stage_model");
        using var decoder = OrtSession.Create(Vae.BuildDecoder(weights, GraphTarget.Cpu(block)), new SessionSettings());
        var latent = Expected.Floats("vae/latent_scaled");
        for (var i = 0; i < latent.Length; i++) latent[i] /= 0.18215f;
        Close("vae/decoded", Run(decoder, "image", [3, 64, 96], ("latent", latent, [1, 4, 8, 12])), 1e-4);

        using var encoder = OrtSession.Create(Vae.BuildEncoder(weights, GraphTarget.Cpu(block)), new SessionSettings());
        var moments = Run(encoder, "moments", [8, 8, 12], ("image", Expected.Floats("vae/image"), [1, 3, 64, 96]));
        Close("vae/mean", moments[..(4 * 8 * 12)], 1e-4);
    }

    private static OrtSession UnetSession(int block, Tap? tap) =>
        OrtSession.Create(Unet.Build(Checkpoint.Weights.At(Unet.Prefix), _ => 8, GraphTarget.Cpu(block), tap), new SessionSettings());

    private static float[] RunUnet(OrtSession session, string run, string output, string expected) => Run(session, output,
        [.. Expected.Shape(expected).Skip(1).Select(d => (long)d)],
        ("x", Expected.Floats($"unet/{run}/x"), [.. Expected.Shape($"unet/{run}/x").Select(d => (long)d)]),
        ("timesteps", Expected.Floats($"unet/{run}/t"), [1]),
        ("context", Expected.Floats("unet/context"), [1, 77, 64]));

    private static float[] Run(OrtSession session, string output, long[] shape, params (string Name, float[] Data, long[] Shape)[] inputs)
    {
        using var binding = session.Bind();
        foreach (var (name, data, inputShape) in inputs) binding.Input(name, data, inputShape);
        var result = new float[shape.Aggregate(1L, (a, b) => a * b)];
        binding.Output(output, result, [1, .. shape]);
        binding.Run();
        return result;
    }

    private static void Close(string name, float[] actual, double tolerance) => TensorAssert.CloseInL2(Expected.Floats(name), actual, tolerance, name);
}
