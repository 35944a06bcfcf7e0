using System.Text.Json;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Tests.Models;

/// <summary>Each family's networks against the original's tensors, layer by layer.</summary>
public sealed class FamilyNetworksTests
{
    private static readonly string[] Families = ["tiny-sd1-inpaint", "tiny-sd2-v", "tiny-sdxl"];

    private static int[] BlockSizes => CpuBlocking.BlockSize > 0 ? [0, CpuBlocking.BlockSize] : [0];

    public static TheoryData<string, string, int> UnetRuns => [.. Families.SelectMany(f => ((string[])["a", "b", "frac", "odd"]).SelectMany(run => BlockSizes.Select(b => (f, run, b))))];

    public static TheoryData<string, int> Blocks => [.. Families.SelectMany(f => BlockSizes.Select(b => (f, b)))];

    public static TheoryData<string, string> Prompts => [.. Families.SelectMany(f => Family.Of(f).Prompts.Keys.Select(id => (f, id)))];

    [Theory]
    [MemberData(nameof(UnetRuns))]
    public void Unet_matches_the_reference(string name, string run, int block)
    {
        var family = Family.Of(name);
        using var session = OrtSession.Create(family.UnetGraph(GraphTarget.Cpu(block)), new SessionSettings());
        family.Close($"unet/{run}/out", family.RunUnet(session, run, "out", $"unet/{run}/out"), 1e-4);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_unet_block_matches_the_reference(string name, int block)
    {
        var family = Family.Of(name);
        var taps = new List<string>();
        using var session = OrtSession.Create(family.UnetGraph(GraphTarget.Cpu(block), (graph, layer, value) =>
        {
            taps.Add(layer);
            graph.Output(layer, ElementType.Float, value, "b", value.Channels, $"{layer}/h", $"{layer}/w");
        }), new SessionSettings());
        Assert.Equal(family.Expected.Names.Count(n => n.StartsWith("unet/a/", StringComparison.Ordinal)) - 3, taps.Count);   // without x, t, out
        foreach (var tap in taps)
        {
            var reference = tap == "middle_block" ? "unet/a/middle_block.0" : $"unet/a/{tap}";
            family.Close(reference, family.RunUnet(session, "a", tap, reference), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Prompts))]
    public void Conditioning_is_that_of_WebUI(string name, string id)
    {
        var family = Family.Of(name);
        var prompt = family.Prompts[id];
        var conditioning = family.Model.Text.Encode(
            prompt.GetProperty("prompt").GetString()!, prompt.GetProperty("clip_skip").GetInt32(), EmphasisOf(prompt), new NativeClock(), TestContext.Current.CancellationToken);
        if (name == "tiny-sdxl" && id.Contains("skip", StringComparison.Ordinal))
        {
            family.Close($"{id}/vector", family.Model.Text.ForPicture(conditioning, 64, 64, isNegative: false, isEmpty: false).Vector!, 1e-4);
            id += "/crossattn";
        }
        Assert.Equal<int>(family.Expected.Shape(id), new[] { conditioning.Tokens, conditioning.Width });
        family.Close(id, conditioning.Values, 1e-4);
    }

    [Fact]
    public void All_prompts_are_there() =>
        Assert.Equal([19, 19, 13], Families.Select(f => Family.Of(f).Prompts.Count));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Autoencoder_matches_the_reference(string name, int block)
    {
        var family = Family.Of(name);
        var weights = VaeFile.WeightsOf(family.Checkpoint);
        var scale = ModelFamily.ToDraw(family.Checkpoint).LatentScale;
        using var decoder = new LatentDecoder(OrtSession.Create(Vae.BuildDecoder(weights, GraphTarget.Cpu(block)), new SessionSettings()), null, 4, scale);
        family.Close("vae/decoded", decoder.DecodeToFloats(family.Expected.Floats("vae/latent_scaled"), 1, 8, 12, null, default), 1e-4);
        using var encoder = new LatentEncoder(OrtSession.Create(Vae.BuildEncoder(weights, GraphTarget.Cpu(block)), new SessionSettings()), 4, scale);
        var latent = encoder.Encode(family.Expected.Floats("vae/image"), 64, 96, new NativeClock(), default);
        for (var i = 0; i < latent.Length; i++) latent[i] /= scale;
        family.Close("vae/mean", latent, 1e-4);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("[:blurry:0.5]", false)]
    public void An_empty_negative_prompt_of_sdxl_is_zeros(string negative, bool isZero)
    {
        var encoder = new PromptEncoder(Family.Of("tiny-sdxl").Model.Text, 1, EmphasisMode.Original, new NativeClock(), TestContext.Current.CancellationToken) { Size = (64, 96) };
        var guides = encoder.Encode("", negative, new PassLength(8));
        var (prompt, empty) = (guides.Prompts[0].Schedule.At(0), guides.Negative!.At(0));
        Assert.True(prompt.Values.AsSpan().IndexOfAnyExcept(0f) >= 0);
        Assert.Equal(isZero, empty.Values.AsSpan().IndexOfAnyExcept(0f) < 0);
        Assert.Equal(isZero, empty.Vector.AsSpan(0, 128).IndexOfAnyExcept(0f) < 0);
        Assert.Equal(SizeConditioning.Of(SizeNumbers.OriginalCropTarget, 64, 96, isNegative: true), empty.Vector![128..]);
        Assert.Equal(1664, prompt.Vector!.Length);
    }

    [Fact]
    public void A_refiner_is_told_how_good_the_picture_is_to_look()
    {
        var (prompt, negative) = (SizeConditioning.Of(SizeNumbers.OriginalCropScore, 64, 96, isNegative: false), SizeConditioning.Of(SizeNumbers.OriginalCropScore, 64, 96, isNegative: true));
        Assert.Equal((5 * 256, 5 * 256), (prompt.Length, SizeConditioning.WidthOf(SizeNumbers.OriginalCropScore)));
        Assert.Equal(prompt[..1024], negative[..1024]);
        Assert.Equal((MathF.Cos(96), MathF.Cos(64), MathF.Cos(6), MathF.Cos(2.5f)), (prompt[0], prompt[256], prompt[1024], negative[1024]));
    }

    [Fact]
    public void What_an_inpainting_model_takes_beside_the_latent_is_put_behind_it()
    {
        var family = Family.Of("tiny-sd1-inpaint");
        var x = family.Expected.Floats("unet/odd/x");
        var (area, shape) = (9 * 13, new LatentShape(2, 4, 9, 13));
        var context = new Engine.Prompts.Conditioning(family.Expected.Floats("unet/context"), 77, 64);
        var (cond, uncond) = (new float[shape.Elements], new float[shape.Elements]);
        float[] twice = [.. x[..(4 * area)], .. x[..(4 * area)]], expected = [.. family.Expected.Floats("unet/odd/out"), .. family.Expected.Floats("unet/odd/out")];
        foreach (var beside in new[] { InpaintingChannels.Of(x.AsSpan(4 * area, area), x.AsSpan(5 * area)), new InpaintingChannels([.. x[(4 * area)..], .. x[(4 * area)..]]) })
        {
            using var run = family.Model.Predict(shape, Guides.Of(context, context), new NativeClock(), beside);
            run.Predict(twice, family.Expected.Floats("unet/odd/t")[0], cond, uncond, default);
            TensorAssert.CloseInL2(expected, cond, 1e-4, "prompt");
            TensorAssert.CloseInL2(expected, uncond, 1e-4, "negative prompt");
        }
        Assert.Throws<ArgumentException>(() => new InpaintingChannels(new float[3]).EachOf(shape));
    }

    [Fact]
    public void Without_a_picture_an_inpainting_model_is_told_that_nothing_is_kept()
    {
        var family = Family.Of("tiny-sd1-inpaint");
        var all = InpaintingChannels.Everything(family.Model, 9, 13, new NativeClock()).Of(0, new LatentShape(1, 4, 9, 13));
        Assert.True(all[..(9 * 13)].IndexOfAnyExcept(1f) < 0);
        using var encoder = OrtSession.Create(Vae.BuildEncoder(VaeFile.WeightsOf(family.Checkpoint), GraphTarget.Plain), new SessionSettings());
        using var binding = encoder.Bind();
        var moments = new float[8 * 9 * 13];
        binding.Input("image", new float[3 * 72 * 104], 1, 3, 72, 104);
        binding.Output("moments", moments, 1, 8, 9, 13);
        binding.Run();
        TensorAssert.CloseInL2(Array.ConvertAll(moments[..(4 * 9 * 13)], m => m * 0.18215f), all[(9 * 13)..], 1e-5, "grey");
    }

    private static EmphasisMode EmphasisOf(JsonElement prompt) => prompt.GetProperty("emphasis").GetString() switch
    {
        "No norm" => EmphasisMode.NoNorm,
        "Ignore" => EmphasisMode.Ignore,
        "None" => EmphasisMode.None,
        _ => EmphasisMode.Original,
    };

    /// <summary>A tiny checkpoint, what is expected of it, and its networks, loaded once.</summary>
    private sealed class Family(string name)
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Family> known = new(StringComparer.Ordinal);

        private readonly Lazy<LoadedModel> model = new(() => LoadedModel.Load(
            TensorFile.Open(TestData.Reference($"families/{name}/model.safetensors")), vae: null, EngineDevice.Cpu(0), CancellationToken.None));

        public TensorFile Checkpoint { get; } = TensorFile.Open(TestData.Reference($"families/{name}/model.safetensors"));

        public ReferenceTensors Expected { get; } = ReferenceTensors.Open($"families/{name}/expected.safetensors");

        /// <summary>By id.</summary>
        public Dictionary<string, JsonElement> Prompts { get; } = TestData.Json($"families/{name}/expected.json").GetProperty("conditioning")
            .EnumerateArray().ToDictionary(c => c.GetProperty("id").GetString()!, StringComparer.Ordinal);

        public LoadedModel Model => model.Value;

        public static Family Of(string name) => known.GetOrAdd(name, n => new Family(n));

        public GraphBuilder UnetGraph(GraphTarget target, Tap? tap = null) =>
            Unet.Build(Checkpoint.Weights.At(Unet.Prefix), ModelGraphs.HeadsOf(ModelFamily.ToDraw(Checkpoint).UnetHeads), target, tap);

        public float[] RunUnet(OrtSession session, string run, string output, string expected)
        {
            using var binding = session.Bind();
            binding.Input("x", Expected.Floats($"unet/{run}/x"), Shape($"unet/{run}/x"));
            binding.Input("timesteps", Expected.Floats($"unet/{run}/t"), 1);
            binding.Input("context", Expected.Floats("unet/context"), Shape("unet/context"));
            if (Expected.Has("unet/y")) binding.Input("vector", Expected.Floats("unet/y"), Shape("unet/y"));
            var result = new float[Expected.Floats(expected).Length];
            binding.Output(output, result, Shape(expected));
            binding.Run();
            return result;
        }

        public void Close(string tensor, float[] actual, double tolerance)
        {
            TensorAssert.CloseInL2(Expected.Floats(tensor), actual, tolerance, $"{name}: {tensor}");
        }

        private long[] Shape(string tensor) => [.. Expected.Shape(tensor).Select(d => (long)d)];
    }
}
