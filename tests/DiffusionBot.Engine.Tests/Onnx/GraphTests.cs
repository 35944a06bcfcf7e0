using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Tests.Onnx;

/// <summary>
/// The graphs as written, for every target. CUDA's cannot run everywhere: they are checked node by node, by ONNX Runtime's own rules of
/// types and shapes, and run on the CPU but for the one operator that only CUDA has.
/// </summary>
public sealed class GraphTests
{
    private static readonly Dictionary<string, SafetensorsFile> Checkpoints = new(StringComparer.Ordinal)
    {
        ["tiny"] = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")),
        ["sd2"] = SafetensorsFile.Open(TestData.Reference("families/tiny-sd2-v/model.safetensors")),
        ["sdxl"] = SafetensorsFile.Open(TestData.Reference("families/tiny-sdxl/model.safetensors")),
        ["shipped"] = SafetensorsFile.Open(TestData.Model("checkpoints/emoji-3d.safetensors")),
    };

    private static readonly Dictionary<string, GraphTarget> Targets = new(StringComparer.Ordinal)
    {
        ["plain"] = GraphTarget.Plain,
        ["cpu 8"] = GraphTarget.Cpu(8),
        ["cpu 16"] = GraphTarget.Cpu(16),
        ["cuda"] = GraphTarget.Cuda,
        ["half"] = GraphTarget.Cuda with { FusedGroupNorm = false },
    };

    public static TheoryData<string, string, string> All
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var checkpoint in Checkpoints.Keys)
            {
                foreach (var network in NetworksOf(checkpoint))
                {
                    foreach (var target in Targets.Keys) data.Add(checkpoint, network, target);
                }
            }
            return data;
        }
    }

    public static TheoryData<string, string> OnCuda => [.. Checkpoints.Keys.SelectMany(checkpoint => NetworksOf(checkpoint).Where(n => n != "encoder").Select(network => (checkpoint, network)))];

    private static string[] NetworksOf(string checkpoint) => checkpoint == "sdxl" ? ["text", "text 2", "unet", "decoder", "encoder"] : ["text", "unet", "decoder", "encoder"];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_node_finds_its_inputs_and_every_name_is_one_thing(string checkpoint, string network, string target)
    {
        var graph = Build(checkpoint, network, Targets[target]);
        var model = OnnxModel.Parse(ModelWriter.Write(graph, w => ("model.safetensors", false)));

        var known = new HashSet<string>(StringComparer.Ordinal);
        // An input that may be left out has its default under its own name.
        string[] optional = [ClipText.KeptTokens, ClipText.PutVectors];
        foreach (var name in model.Inputs.Select(i => i.Name).Concat(model.Initializers.Select(i => i.Name).Except(optional))) Assert.True(known.Add(name), $"'{name}' is there twice.");
        var nodeNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in model.Nodes)
        {
            Assert.True(nodeNames.Add(node.Name), $"Two nodes are called '{node.Name}'.");
            Assert.Contains(node.Domain, model.Opsets.Select(o => o.Domain));
            foreach (var input in node.Inputs) Assert.True(input.Length == 0 || known.Contains(input), $"{node.Operator} '{node.Name}' takes '{input}', which nothing before it makes.");
            foreach (var output in node.Outputs) Assert.True(known.Add(output), $"'{output}' is made twice.");
        }
        Assert.All(model.Outputs, o => Assert.True(known.Contains(o.Name), $"Nothing makes the output '{o.Name}'."));
        Assert.All(model.Outputs, o => Assert.Equal((long)ElementType.Float, o.Type));
        Assert.NotEmpty(model.Outputs);
        var used = model.Nodes.SelectMany(n => n.Inputs).ToHashSet(StringComparer.Ordinal);
        Assert.All(model.Initializers, i => Assert.True(used.Contains(i.Name), $"Nothing takes '{i.Name}'."));
        Assert.Contains(("", 17L), model.Opsets);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Weights_are_declared_as_they_are_used_and_lie_where_the_checkpoint_has_them(string checkpoint, string network, string target)
    {
        var graph = Build(checkpoint, network, Targets[target]);
        var model = OnnxModel.Parse(ModelWriter.Write(graph, w => ("model.safetensors", w.Layout == WeightLayout.Plain)));
        var declared = model.Initializers.ToDictionary(i => i.Name, StringComparer.Ordinal);
        Assert.Equal(graph.Weights.Count + graph.Constants.Count, declared.Count);
        foreach (var weight in graph.Weights)
        {
            var tensor = declared[weight.Name];
            Assert.True(tensor.IsExternal && tensor.Raw.Length == 0);
            Assert.Equal((long)weight.Type, tensor.Type);
            Assert.Equal(weight.Shape, tensor.Shape);
            Assert.Equal("model.safetensors", tensor.External["location"]);
            var read = weight.Layout == WeightLayout.Plain;
            Assert.Equal(read ? $"{weight.Tensor.Offset}" : "0", tensor.External["offset"]);
            if (read) Assert.Equal($"{weight.Tensor.Length}", tensor.External["length"]);
            var elements = weight.Shape.Aggregate(1L, (a, b) => a * b);
            Assert.True(read ? elements == weight.Tensor.Elements : elements >= weight.Tensor.Elements, $"'{weight.Name}' has {elements} elements for {weight.Tensor.Elements}.");
        }
        foreach (var constant in graph.Constants)
        {
            var tensor = declared[constant.Name];
            Assert.False(tensor.IsExternal);
            Assert.Equal(constant.Bytes, tensor.Raw);
            var size = constant.Type switch { ElementType.Half => 2, ElementType.Int64 => 8, _ => 4 };
            Assert.Equal(constant.Shape.Aggregate((long)size, (a, b) => a * b), tensor.Raw.Length);
        }
    }

    [Theory]
    [InlineData("tiny", "unet")]
    [InlineData("shipped", "unet")]
    [InlineData("tiny", "decoder")]
    public void On_CUDA_group_norms_are_one_operator_with_channels_last(string checkpoint, string network)
    {
        var graph = Build(checkpoint, network, GraphTarget.Cuda);
        var model = OnnxModel.Parse(ModelWriter.Write(graph, w => ("m", false)));
        var norms = model.Nodes.Where(n => n.Operator == "GroupNorm").ToList();
        Assert.Equal(Build(checkpoint, network, GraphTarget.Plain).Nodes.Count(n => n.Operator == "InstanceNormalization"), norms.Count);
        Assert.DoesNotContain(model.Nodes, n => n.Operator == "InstanceNormalization");
        var byName = graph.Weights.ToDictionary(w => w.Name, StringComparer.Ordinal);
        foreach (var norm in norms)
        {
            Assert.Equal("com.microsoft", norm.Domain);
            Assert.Equal((1L, 32L), (norm.Attributes["channels_last"], norm.Attributes["groups"]));
            // Before a transformer, and in the autoencoder's attention, no activation follows; everywhere else SiLU does.
            var plain = norm.Inputs[1].EndsWith(".1.norm.weight", StringComparison.Ordinal) || norm.Inputs[1].EndsWith("attn_1.norm.weight", StringComparison.Ordinal) || norm.Inputs[1].EndsWith("middle_block.1.norm.weight", StringComparison.Ordinal);
            Assert.Equal(plain ? 0L : 1L, norm.Attributes["activation"]);
            Assert.Equal(network == "decoder" || plain ? 1e-6f : 1e-5f, norm.Attributes["epsilon"]);
            Assert.All(norm.Inputs[1..], input => Assert.Equal(ElementType.Float, byName[input].Type));
            // Channels last in, channels first out.
            Assert.Equal(new long[] { 0, 2, 3, 1 }, Maker(norm.Inputs[0]).Attributes["perm"]);
            Assert.Equal(new long[] { 0, 3, 1, 2 }, model.Nodes.Single(n => n.Inputs.Contains(norm.Outputs[0])).Attributes["perm"]);
        }

        OnnxNode Maker(string output) => model.Nodes.Single(n => n.Outputs.Contains(output));
    }

    /// <summary>
    /// ONNX Runtime checks types and shapes of the whole graph before it looks for kernels: where it only misses one, the rest is right.
    /// </summary>
    [Theory]
    [MemberData(nameof(OnCuda))]
    public void A_graph_for_CUDA_is_sound_but_for_the_kernels_that_the_CPU_lacks(string checkpoint, string network)
    {
        var error = Record.Exception(() => OrtSession.Create(Build(checkpoint, network, GraphTarget.Cuda), new SessionSettings { Threads = 1 }).Dispose());
        if (network.StartsWith("text", StringComparison.Ordinal))
        {
            Assert.Null(error);
            return;
        }
        var missing = Assert.IsType<OnnxRuntimeException>(error);
        Assert.Contains("NotImplemented", missing.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("GroupNorm", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_half_precision_the_networks_do_nearly_what_they_do_in_float()
    {
        var random = new Random(5);
        (string, float[], long[])[] unet =
        [
            ("x", Normal(4 * 16 * 12), [1, 4, 16, 12]), ("timesteps", [623.25f], [1]), ("context", Normal(77 * 64), [1, 77, 64]),
        ];
        Near("unet", "out", [1, 4, 16, 12], unet);
        Near("decoder", "image", [1, 3, 64, 96], ("latent", Normal(4 * 8 * 12), [1, 4, 8, 12]));

        void Near(string network, string output, long[] shape, params (string Name, float[] Data, long[] Shape)[] inputs)
        {
            var floats = Run(Build("tiny", network, GraphTarget.Plain), output, shape, inputs);
            var halves = Run(Build("tiny", network, Targets["half"]), output, shape, inputs);
            TensorAssert.CloseInL2(floats, halves, 2e-2, network);
        }

        float[] Normal(int count)
        {
            var numbers = new float[count];
            for (var i = 0; i < count; i++) numbers[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            return numbers;
        }
    }

    [Fact]
    public void In_half_precision_prompts_read_nearly_as_in_float()
    {
        var tokens = new long[77];
        Array.Fill(tokens, 49407);
        (tokens[0], tokens[1], tokens[2]) = (49406, 736, 3055);
        var (floats, halves) = (RunText(GraphTarget.Plain), RunText(GraphTarget.Cuda));
        TensorAssert.CloseInL2(floats, halves, 1e-2, "text");

        float[] RunText(GraphTarget target)
        {
            using var session = OrtSession.Create(Build("shipped", "text", target), new SessionSettings { Threads = 1 });
            var width = ClipText.Width(ModelFamily.ToDraw(Checkpoints["shipped"]).TextEncoders[0].WeightsOf(Checkpoints["shipped"].Weights));
            var result = new float[77 * width];
            using var binding = session.Bind();
            binding.Input("tokens", tokens, 1, 77);
            binding.Output("skip_1", result, 1, 77, width);
            binding.Run();
            return result;
        }
    }

    [Fact]
    public void A_weight_cannot_be_used_in_two_shapes_under_one_name()
    {
        var weights = Checkpoints["tiny"].Weights.At("first_stage_model.decoder.norm_out");
        var g = new GraphBuilder("two", GraphTarget.Plain);
        var x = g.Input("x", ElementType.Float, 32, "b", 32L, "h", "w");
        g.GroupNorm(x, weights, 1e-5f, silu: false);   // as [32, 1, 1]
        Assert.Throws<InvalidOperationException>(() => g.LayerNorm(x, weights));   // as [32]
    }

    private static GraphBuilder Build(string checkpoint, string network, GraphTarget target)
    {
        var file = Checkpoints[checkpoint];
        var family = ModelFamily.ToDraw(file);
        return network switch
        {
            "text" => TextGraph.Of(family.TextEncoders[0], file.Weights, target).Graph,
            "text 2" => TextGraph.Of(family.TextEncoders[1], file.Weights, target).Graph,
            "unet" => Unet.Build(file.Weights.At(Unet.Prefix), ModelGraphs.HeadsOf(family.UnetHeads), target),
            "decoder" => Vae.BuildDecoder(VaeFile.WeightsOf(file), target),
            _ => Vae.BuildEncoder(VaeFile.WeightsOf(file), target),
        };
    }

    private static float[] Run(GraphBuilder graph, string output, long[] shape, (string Name, float[] Data, long[] Shape)[] inputs)
    {
        using var session = OrtSession.Create(graph, new SessionSettings { Threads = 1 });
        using var binding = session.Bind();
        foreach (var (name, data, inputShape) in inputs) binding.Input(name, data, inputShape);
        var result = new float[shape.Aggregate(1L, (a, b) => a * b)];
        binding.Output(output, result, shape);
        binding.Run();
        return result;
    }
}
