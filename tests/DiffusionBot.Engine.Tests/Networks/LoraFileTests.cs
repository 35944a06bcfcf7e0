using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>Files that fit and that do not: what of them is used, and what is said of the rest.</summary>
public sealed class LoraFileTests : IDisposable
{
    private static readonly ModelLayers Layers = new(SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")));

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_B.weight")]
    [InlineData("base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_B.weight")]
    [InlineData("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight")]
    [InlineData("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora.down.weight", "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora.up.weight")]
    [InlineData("diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.lora_A.weight", "diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.lora_B.weight")]
    [InlineData("lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_A.weight", "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_B.weight")]
    [InlineData(LoraFiles.Query + ".lora_down.weight", LoraFiles.Query + ".lora_up.weight")]
    public void Names_of_all_makers_are_one_layer(string down, string up)
    {
        var file = Read((down, [4, 32]), (up, [32, 4]));
        Assert.Null(file.Note);
        Assert.Equal("model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight", Assert.Single(file.Layers).Layer.Weight.Name);
    }

    [Theory]
    [InlineData("text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_A.weight", "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_B.weight")]
    [InlineData("text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora.down.weight", "text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora.up.weight")]
    [InlineData("text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_linear_layer.down.weight", "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_linear_layer.up.weight")]
    [InlineData("lora_te_text_model_encoder_layers_1_self_attn_q_proj.lora_down.weight", "lora_te_text_model_encoder_layers_1_self_attn_q_proj.lora_up.weight")]
    [InlineData("lora_te1_text_model_encoder_layers_1_self_attn_q_proj.lora_down.weight", "lora_te1_text_model_encoder_layers_1_self_attn_q_proj.lora_up.weight")]
    public void So_are_those_of_the_text_encoder(string down, string up)
    {
        var layer = Assert.Single(Read((down, [4, 64]), (up, [64, 4])).Layers).Layer;
        Assert.Equal("cond_stage_model.transformer.text_model.encoder.layers.1.self_attn.q_proj.weight", layer.Weight.Name);
        Assert.True(layer.IsText);
    }

    [Fact]
    public void OpenCLIP_is_changed_all_four_matrices_together_or_not_at_all()
    {
        var layers = new ModelLayers(SafetensorsFile.Open(TestData.Reference("families/tiny-sdxl/model.safetensors")));
        var width = layers.Find("1_model_transformer_resblocks_0_attn_out_proj")!.Shape[0];
        (string, long[])[] Pair(string name) => [($"lora_te2_text_model_encoder_layers_0_self_attn_{name}.lora_down.weight", [2, width]), ($"lora_te2_text_model_encoder_layers_0_self_attn_{name}.lora_up.weight", [width, 2])];
        var all = LoraFile.Read(Open([.. Pair("q_proj"), .. Pair("k_proj"), .. Pair("v_proj"), .. Pair("out_proj")]), layers, "x", null);
        Assert.Null(all.Note);
        Assert.Equal([0, width, 2 * width, 0], all.Layers.Select(l => l.Layer.FirstRow));
        var some = LoraFile.Read(Open([.. Pair("q_proj"), .. Pair("out_proj")]), layers, "x", null);
        Assert.Empty(some.Layers);
        Assert.NotNull(some.Note);
    }

    [Fact]
    public void Two_encoders_have_their_own_names()
    {
        var layers = new ModelLayers(SafetensorsFile.Open(TestData.Reference("families/tiny-sdxl/model.safetensors")));
        foreach (var name in (string[])["lora_te1_text_model_encoder_layers_0_mlp_fc1", "lora_te_text_model_encoder_layers_0_mlp_fc1"])
            Assert.Equal("conditioner.embedders.0.transformer.text_model.encoder.layers.0.mlp.fc1.weight", LayerNames.Find(name, layers)?.Layer.Weight.Name);
        Assert.Equal("conditioner.embedders.1.model.transformer.resblocks.0.mlp.c_proj.weight", LayerNames.Find("lora_te2_text_model_encoder_layers_0_mlp_fc2", layers)?.Layer.Weight.Name);
    }

    [Fact]
    public void What_is_not_known_is_named_and_the_rest_applies()
    {
        var file = Read((LoraFiles.Query + ".lora_down.weight", [4, 32]), (LoraFiles.Query + ".lora_up.weight", [32, 4]), ("lora_unet_nowhere.lora_up.weight", [2, 2]), ("lonely", [2]));
        Assert.Single(file.Layers);
        Assert.Contains("2 of 3 layers", file.Note!.English, StringComparison.Ordinal);
        Assert.Contains("lora_unet_nowhere", file.Note.English, StringComparison.Ordinal);
        Assert.Contains("lonely", file.Note.Chinese, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Misfits => new()
    {
        { "lora_down.weight 4,32 lora_up.weight 32,8", "ranks 8 and 4" },
        { "lora_down.weight 4,31 lora_up.weight 32,4", "makes 992 numbers of [32, 32]" },
        { "lora_down.weight 0,32 lora_up.weight 32,0", "rank 0" },
        { "lora_down.weight 20000,32 lora_up.weight 32,20000", "rank 20000; expected at most 16384" },
        { "lora_down.weight 4,32 lora_up.weight 32,4 lora_mid.weight 4,5,1,1", "a middle" },
        { "hada_w1_a 32,4 hada_w1_b 4,32 hada_w2_a 32,4 hada_w2_b 5,32", "different ranks" },
        { "hada_w1_a 32,4 hada_w1_b 4,32 hada_w2_a 32,4 hada_w2_b 4,31", "different sizes" },
        { "hada_w1_a 4,32 hada_w1_b 4,32 hada_w2_a 32,4 hada_w2_b 4,32 hada_t1 4,4,1,1", "core" },
        { "lokr_w1 100000,1 lokr_w2 100000,1", "makes 10000000000 numbers" },
        { "lokr_w1 4,4 lokr_w2_a 8,2 lokr_w2_b 3,8", "different ranks" },
        { "weight 31 on_input -", "has 31 numbers" },
        { "diff 31,32", "makes 992" },
        { "a1.weight 4,32 a2.weight 32,3 b1.weight 4,32 b2.weight 32,4 alpha -", "do not fit each other" },
        { "oft_blocks 4,8,7", "blocks of [4, 8, 7]" },
        { "oft_blocks 5,8,8", "turns 40 outputs of 32" },
        { "oft_diag 1,4096,4096", "side 4096; expected at most 2048" },
        { "oft_blocks 9,4,8,8", "turns 9 times" },
        { "oft_blocks 0,4,8,8", "turns 0 times" },
        { "something 1", "(something)" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Hostile_and_foreign_shapes_are_told_before_anything_is_made_of_them(string parts, string why)
    {
        var words = parts.Split(' ');
        (string, long[])[] tensors = [.. Enumerable.Range(0, words.Length / 2).Select(i =>
            ($"{LoraFiles.Query}.{words[2 * i]}", words[(2 * i) + 1] == "-" ? Array.Empty<long>() : [.. words[(2 * i) + 1].Split(',').Select(long.Parse)]))];
        var file = Read(tensors);
        Assert.Empty(file.Layers);
        Assert.Contains(why, file.Note!.English, StringComparison.Ordinal);
        Assert.Contains("another family", file.Note.English, StringComparison.Ordinal);
    }

    /// <summary>Random parts of random small shapes: each is left out or can be applied, and nothing else happens.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_shapes_do_no_harm(int seed)
    {
        var random = new Random(seed);
        string[][] kinds =
        [
            ["lora_up.weight", "lora_down.weight"], ["lora_up.weight", "lora_down.weight", "lora_mid.weight"], ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"],
            ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2"], ["lokr_w1", "lokr_w2"], ["lokr_w1_a", "lokr_w1_b", "lokr_w2"], ["lokr_w1", "lokr_w2_a", "lokr_w2_b"],
            ["lokr_w1_a", "lokr_w1_b", "lokr_w2_a", "lokr_w2_b", "lokr_t2"], ["diff"], ["w_norm", "b_norm"], ["a1.weight", "a2.weight", "b1.weight", "b2.weight", "alpha"], ["oft_blocks", "alpha"], ["oft_diag"],
        ];
        long[] sizes = [0, 1, 2, 4, 4, 8, 8, 16, 32, 32, 32];
        var layers = new ModelLayers(SafetensorsFile.Open(folder.Write("m.safetensors", Safetensors.WithTensors(("model.diffusion_model.a.weight", [32, 32]), ("model.diffusion_model.b.weight", [32, 4, 2, 2])))));
        var applied = 0;
        for (var round = 0; round < 3000; round++)
        {
            var layer = random.Next(2) == 0 ? "lora_unet_a" : "lora_unet_b";
            var parts = kinds[random.Next(kinds.Length)].Concat(random.Next(4) == 0 ? ["dora_scale"] : []).Concat(random.Next(4) == 0 ? ["bias"] : []).Distinct(StringComparer.Ordinal);
            (string, long[])[] tensors = [.. parts.Select(p => ($"{layer}.{p}", p == "alpha" ? [] : Enumerable.Range(0, random.Next(0, 5) is var n && n < 2 ? 2 : n).Select(_ => sizes[random.Next(sizes.Length)]).ToArray()))];
            if (tensors.Sum(t => t.Item2.Aggregate(1L, (a, b) => a * b)) > 100_000) continue;
            var path = folder.Write("x.safetensors", LoraFiles.Bytes(round, null, tensors));
            var file = LoraFile.Read(SafetensorsFile.Open(path), layers, "x", random.Next(3) == 0 ? random.Next(9) : null);
            using var source = new NetworkSource(path);
            foreach (var use in file.Layers)
            {
                var weight = new float[use.Layer.Weight.Elements];
                Array.Fill(weight, 0.5f);
                try
                {
                    use.Change.Apply(weight, 1, source);
                    applied++;
                }
                catch (InvalidCheckpointException e)
                {
                    Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                }
            }
        }
        Assert.True(applied > 20, $"seed {seed}: only {applied} were applied.");
    }

    public void Dispose() => folder.Dispose();

    private LoraFile Read(params (string Name, long[] Shape)[] tensors) => LoraFile.Read(Open(tensors), Layers, "x", null);

    private SafetensorsFile Open(params (string Name, long[] Shape)[] tensors) => SafetensorsFile.Open(folder.Write("x.safetensors", LoraFiles.Bytes(1, null, tensors)));
}
