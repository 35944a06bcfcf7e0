using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Models;

/// <summary>Checkpoints that lack something or have it in another shape: found when graphs are written, with the tensor's name.</summary>
public sealed class BadCheckpointTests : IDisposable
{
    private static readonly SafetensorsFile Sound = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));

    /// <summary>What is not drawn with: the encoder's half of the autoencoder, schedules, position ids.</summary>
    private static readonly string[] Unused = ["first_stage_model.encoder.", "first_stage_model.quant_conv.", "alphas", "betas", "sqrt_", "log_", "posterior_", "logit_scale", "position_ids", "model_ema"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_tensor_that_is_missing_is_noticed()
    {
        var silent = new List<string>();
        foreach (var name in Sound.Tensors.Keys.Where(IsUsed))
        {
            var error = Record.Exception(() => BuildAll(Sound.Tensors.Where(t => t.Key != name).ToDictionary(StringComparer.Ordinal)));
            if (error is null) silent.Add(name);
            else Assert.True(error is InvalidCheckpointException && error.Message.StartsWith(Sound.Path, StringComparison.Ordinal), $"Without '{name}': {error}");
        }
        Assert.True(silent.Count == 0, $"Nothing is said of missing {string.Join(", ", silent)}.");
    }

    public static TheoryData<string> OtherShapes => ["scalar", "flat", "one more", "turned", "larger", "smaller", "none"];

    [Theory]
    [MemberData(nameof(OtherShapes))]
    public void Every_tensor_of_another_shape_is_noticed(string other)
    {
        var silent = new List<string>();
        foreach (var (name, tensor) in Sound.Tensors.Where(t => IsUsed(t.Key)))
        {
            long[] shape = other switch
            {
                "scalar" => [],
                "flat" => [tensor.Elements],
                "one more" => [.. tensor.Shape, 1],
                "turned" => [.. tensor.Shape.Reverse()],
                "larger" => [.. tensor.Shape.Select(d => d + 1)],
                "smaller" => [.. tensor.Shape.Select(d => Math.Max(1, d / 2))],
                _ => [.. tensor.Shape.Select(_ => 0L)],
            };
            if (shape.SequenceEqual(tensor.Shape)) continue;
            var changed = new Dictionary<string, TensorInfo>(Sound.Tensors, StringComparer.Ordinal) { [name] = tensor with { Shape = shape } };
            var error = Record.Exception(() => BuildAll(changed));
            if (error is null) silent.Add(name);
            else Assert.True(error is InvalidCheckpointException && error.Message.StartsWith(Sound.Path, StringComparison.Ordinal), $"'{name}' as [{string.Join(", ", shape)}]: {error}");
        }
        Assert.True(silent.Count == 0, $"Nothing is said of {string.Join(", ", silent)}.");
    }

    [Fact]
    public void The_file_the_tensor_what_was_found_and_what_was_expected_are_named()
    {
        const string missing = "model.diffusion_model.output_blocks.3.1.transformer_blocks.0.attn2.to_q.weight", wrong = "first_stage_model.decoder.mid.attn_1.q.weight";
        var path = folder.Write("missing.safetensors", TinyCheckpoint.Read().Without(n => n == missing).ToBytes());
        var error = Assert.Throws<InvalidCheckpointException>(() => Load(path));
        Assert.Equal($"{path}: there is no tensor '{missing}'.", error.Message);

        path = folder.Write("wrong.safetensors", TinyCheckpoint.Read().Reshaped(wrong, 16, 64, 1, 1).ToBytes());
        error = Assert.Throws<InvalidCheckpointException>(() => Load(path));
        Assert.StartsWith($"{path}: tensor '{wrong}' is [16, 64, 1, 1]; expected [", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_no_numbers_with_fractions_are_refused()
    {
        const string name = "model.diffusion_model.out.2.weight";
        var path = folder.Write("integers.safetensors", TinyCheckpoint.Read().AsIntegers(name).ToBytes());
        var error = Assert.Throws<InvalidCheckpointException>(() => Load(path));
        Assert.Equal($"{path}: tensor '{name}' is I16; weights are read from F64, F32, F16 and BF16.", error.Message);
    }

    [Fact]
    public void A_separate_vae_of_other_latents_is_refused()
    {
        // As FLUX's and SD 3's: 16 channels, and nobody sees it by the file's name.
        var path = folder.Write("flux.safetensors", TinyCheckpoint.Read().Only("first_stage_model.", "")
            .Without(n => n.Contains("quant_conv", StringComparison.Ordinal)).Reshaped("decoder.conv_in.weight", Wide(Sound.Tensors["first_stage_model.decoder.conv_in.weight"].Shape)).ToBytes());
        var error = Assert.Throws<InvalidCheckpointException>(() => LoadedModel.Load(Sound, SafetensorsFile.Open(path), EngineDevice.Cpu(1), CancellationToken.None));
        Assert.Equal($"{path}: this VAE's latents have 16 channels; those of {Sound.Path} have 4.", error.Message);

        static long[] Wide(IReadOnlyList<long> shape) => [shape[0], 16, shape[2], shape[3]];
    }

    [Fact]
    public void A_text_encoder_of_another_width_than_the_unet_asks_for_is_refused()
    {
        var changed = Sound.Tensors.ToDictionary(t => t.Key, t => t.Key.EndsWith("attn2.to_k.weight", StringComparison.Ordinal) || t.Key.EndsWith("attn2.to_v.weight", StringComparison.Ordinal)
            ? t.Value with { Shape = [t.Value.Shape[0], 128] } : t.Value, StringComparer.Ordinal);
        var error = Assert.Throws<InvalidCheckpointException>(() => BuildAll(changed));
        Assert.Equal($"{Sound.Path}: the UNet looks at conditioning of width 128; the text encoder gives 64.", error.Message);
    }

    private static bool IsUsed(string name) => !Array.Exists(Unused, part => name.Contains(part, StringComparison.Ordinal)) && Sound.Tensors[name].Type == TensorType.F16;

    private static void BuildAll(IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        var weights = new Weights(tensors, Sound.Path);
        _ = ModelGraphs.Build(ModelFamily.ToDraw(Sound), weights, weights.At("first_stage_model"), GraphTarget.Cpu(16));
    }

    private static void Load(string path) => LoadedModel.Load(SafetensorsFile.Open(path), vae: null, EngineDevice.Cpu(1), CancellationToken.None).Dispose();
}
