using System.Globalization;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>
/// Every layer of every network file against its formula (<see cref="NetworkFormulas"/>): whole draws tell of some only up to roundings, weights tell exactly.
/// Which tensor a layer is, is worked out here as well.
/// </summary>
public sealed class ChangedWeightsTests : IDisposable
{
    private const string Checkpoint = "families/tiny-sd1/model.safetensors";
    private const double Tolerance = 1e-5;

    private static readonly ModelLayers layers = new(SafetensorsFile.Open(TestData.Reference(Checkpoint)));
    private static readonly ReferenceTensors checkpoint = ReferenceTensors.Open(Checkpoint);
    private static readonly float[] multipliers = [1, 0.8f, -0.5f];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(TestData.Reference("networks/lora"), "*.safetensors").Select(p => Path.GetFileNameWithoutExtension(p)!).Order(StringComparer.Ordinal)];

    /// <summary>Parts and their shapes, of the kinds that no file of the reference has.</summary>
    public static TheoryData<string> Others =>
    [
        "linear lora_up.weight 32,4 lora_down.weight 4,32 scale -",
        "linear lora_up.weight 32,4 lora_down.weight 4,32 alpha - bias 32,32",
        "linear lora_up.weight 32,4 lora_down.weight 4,32 alpha - bias 1,1024 dora_scale 1,32",
        "linear lora_up.weight 32,4 lora_down.weight 4,32 dora_scale 32,1",
        "conv lora_up.weight 32,4,1,1 lora_down.weight 4,32,3,3 alpha -",
        "conv lora_up.weight 32,4,1,1 lora_down.weight 4,32,3,3 alpha - dora_scale 1,32,1,1",
        "conv lora_up.weight 32,4,1,1 lora_down.weight 4,32,3,3 alpha - dora_scale 32,1,1,1",
        "conv lora_up.weight 32,3,1,1 lora_down.weight 5,32,1,1 lora_mid.weight 3,5,3,3 alpha -",
        "conv hada_w1_a 32,4 hada_w1_b 4,288 hada_w2_a 32,3 hada_w2_b 3,288 alpha -",
        "conv hada_w1_a 4,32 hada_w1_b 5,32 hada_w2_a 6,32 hada_w2_b 3,32 hada_t1 4,5,3,3 hada_t2 6,3,3,3 alpha - dora_scale 1,32,1,1",
        "linear hada_w1_a 32,4 hada_w1_b 4,32 hada_w2_a 32,4 hada_w2_b 4,32 alpha - dora_scale 1,32",
        "linear lokr_w1 4,8 lokr_w2 8,4 alpha -",
        "linear lokr_w1 4,8 lokr_w2 8,4 alpha - dora_scale 1,32",
        "linear lokr_w1_a 4,2 lokr_w1_b 2,8 lokr_w2 8,4 alpha -",
        "linear lokr_w1_a 4,2 lokr_w1_b 2,8 lokr_w2_a 8,3 lokr_w2_b 3,4 alpha -",
        "conv lokr_w1 4,4 lokr_w2_a 8,3 lokr_w2_b 3,72 alpha -",
        "conv lokr_w1_a 4,2 lokr_w1_b 2,4 lokr_w2_a 3,8 lokr_w2_b 5,8 lokr_t2 3,5,3,3 alpha -",
        "conv lokr_w1 4,8 lokr_w2 8,4,3,3 alpha -",
        "linear diff 32,32 alpha -",
        "conv diff 32,32,3,3 dora_scale 1,32,1,1",
        "linear a1.weight 4,32 a2.weight 32,4 b1.weight 3,32 b2.weight 32,3 alpha -",
        "linear oft_blocks 4,8,8",
        "linear oft_blocks 4,8,8 alpha -",
        "linear oft_blocks 4,8,8 alpha - rescale 32,1",
        "conv oft_blocks 8,4,4 alpha - rescale 32,1,1,1",
        "conv oft_diag 4,8,8 alpha -",
        "linear oft_blocks 3,4,8,8 alpha -",
        "conv oft_blocks 2,8,4,4 rescale 32,1,1,1",
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Weights_are_what_the_formulas_say(string name) => Compare($"networks/lora/{name}.safetensors", null);

    [Fact]
    public void So_they_are_of_a_part_of_the_rank() => Compare("networks/lora/lora-all.safetensors", 4);

    [Theory]
    [MemberData(nameof(Others))]
    public void So_they_are_of_kinds_that_no_file_has(string parts)
    {
        var words = parts.Split(' ');
        var layer = words[0] == "linear" ? LoraFiles.Query : "lora_unet_down_blocks_0_resnets_0_conv1";
        (string, long[])[] tensors = [.. Enumerable.Range(0, words.Length / 2).Select(i =>
            ($"{layer}.{words[(2 * i) + 1]}", words[(2 * i) + 2] == "-" ? Array.Empty<long>() : [.. words[(2 * i) + 2].Split(',').Select(long.Parse)]))];
        for (var seed = 1; seed <= 4; seed++)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            // Products of small numbers are too small beside a weight to be compared.
            Compare(folder.Write("x.safetensors", LoraFiles.Bytes(seed, 0.5f, null, tensors)), null);
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Everything that a file changes, at several multipliers.</summary>
    /// <param name="path">Of tests/reference, or a whole one.</param>
    /// <param name="dynamicRank">How much of the rank counts; null: all.</param>
    private static void Compare(string path, int? dynamicRank)
    {
        var raw = ReferenceTensors.Open(path);
        var expected = new Dictionary<string, Dictionary<string, LayerNumbers>>(StringComparer.Ordinal);
        foreach (var name in raw.Names)
        {
            var (layer, part) = Split(name);
            if (layer == "bundle_emb") continue;
            var tensor = TensorOf(layer);
            if (!expected.TryGetValue(tensor, out var parts)) expected.Add(tensor, parts = new(StringComparer.Ordinal));
            parts.Add(part, Numbers(raw, name));
        }

        var file = LoraFile.Read(SafetensorsFile.Open(TestData.Reference(path)), layers, "x", dynamicRank);
        Assert.Null(file.Note);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), file.Layers.Select(l => l.Layer.Weight.Name).Order(StringComparer.Ordinal));
        using var source = new NetworkSource(TestData.Reference(path));
        var (worst, roundings) = (0.0, 0.0);
        foreach (var use in file.Layers)
        {
            var (name, parts) = (use.Layer.Weight.Name, expected[use.Layer.Weight.Name]);
            var shift = parts.GetValueOrDefault("diff_b") ?? parts.GetValueOrDefault("b_norm");
            Assert.Equal(shift?.Numbers, use.BiasDifference is { } tensor ? source.Read(tensor).Select(v => (double)v) : null);
            if (shift is not null) Assert.Equal($"{name[..^".weight".Length]}.bias", use.Layer.Bias?.Name);
            var before = Numbers(checkpoint, name);
            var formulas = new NetworkFormulas(parts, before);
            foreach (var multiplier in multipliers)
            {
                float[] weight = [.. before.Numbers.Select(v => (float)v)];
                var wanted = formulas.Changed(multiplier, dynamicRank);
                use.Change.Apply(weight, multiplier, source);
                var change = Length(wanted.Select((w, i) => w - before.Numbers[i]));
                // No float is nearer than this.
                var rounding = Length(wanted.Select(w => w - (float)w));
                var off = Length(wanted.Select((w, i) => w - weight[i]));
                Assert.True(rounding < 1e-4 * change, $"{name} at {multiplier}: the change drowns in roundings, {rounding / change:E2} of it.");
                Assert.True(off <= (Tolerance * change) + rounding, $"{name} at {multiplier}: off by {off / change:E2} of the change, of which roundings are {rounding / change:E2}.");
                (worst, roundings) = (Math.Max(worst, off / change), Math.Max(roundings, rounding / change));
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{path}: {file.Layers.Count} layers, off by {worst:E2} of the change at most, roundings of the result {roundings:E2}.");
    }

    private static double Length(IEnumerable<double> numbers) => Math.Sqrt(numbers.Sum(n => n * n));

    private static LayerNumbers Numbers(ReferenceTensors tensors, string name) => new(tensors.Shape(name), tensors.Type(name) switch
    {
        "F32" => [.. tensors.Floats(name).Select(v => (double)v)],
        "F16" => [.. tensors.Read<Half>(name, "F16").Select(v => (double)v)],
        "BOOL" => [.. tensors.Read<byte>(name, "BOOL").Select(v => (double)v)],
        var type => throw new InvalidOperationException($"{name} is {type}."),
    });

    /// <summary>A tensor's layer, and kohya's name of the part that it is.</summary>
    private static (string Layer, string Part) Split(string name)
    {
        if (!name.StartsWith("unet.", StringComparison.Ordinal)) return (name[..name.IndexOf('.', StringComparison.Ordinal)], name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        foreach (var (end, part) in ((string, string)[])[(".lora_A.weight", "lora_down.weight"), (".lora_B.weight", "lora_up.weight"), ("_lora.down.weight", "lora_down.weight"), ("_lora.up.weight", "lora_up.weight")])
        {
            if (name.EndsWith(end, StringComparison.Ordinal)) return (name[..^end.Length].Replace(".processor", "", StringComparison.Ordinal), part);
        }
        throw new InvalidOperationException($"{name} is no part.");
    }

    /// <summary>The checkpoint's tensor, from SD 1's two ways to number its blocks.</summary>
    private static string TensorOf(string layer)
    {
        var words = layer.Split('.', '_');
        string[] path = words switch
        {
            ["lora", "te", .. var rest] => ["cond_stage_model_transformer", .. rest],
            ["lora" or "oft", "unet", .. var rest] => ["model_diffusion_model", .. OfUnet(rest)],
            ["unet", .. var rest] => ["model_diffusion_model", .. OfUnet(rest)],
            _ => throw new InvalidOperationException($"{layer} is of no model."),
        };
        var key = $"{string.Join('_', path)}_weight";
        return checkpoint.Names.Single(name => name.Replace('.', '_') == key);
    }

    private static string[] OfUnet(string[] words) => words switch
    {
        ["down", "blocks", var i, "attentions", var j, .. var rest] => [$"input_blocks_{(3 * Int(i)) + Int(j) + 1}_1", .. rest],
        ["down", "blocks", var i, "resnets", var j, .. var rest] => [$"input_blocks_{(3 * Int(i)) + Int(j) + 1}_0", OfResnet(rest)],
        ["down", "blocks", var i, "downsamplers", "0", "conv"] => [$"input_blocks_{(3 * Int(i)) + 3}_0_op"],
        ["mid", "block", "attentions", "0", .. var rest] => ["middle_block_1", .. rest],
        ["mid", "block", "resnets", var j, .. var rest] => [$"middle_block_{2 * Int(j)}", OfResnet(rest)],
        ["up", "blocks", var i, "attentions", var j, .. var rest] => [$"output_blocks_{(3 * Int(i)) + Int(j)}_1", .. rest],
        ["up", "blocks", var i, "resnets", var j, .. var rest] => [$"output_blocks_{(3 * Int(i)) + Int(j)}_0", OfResnet(rest)],
        ["up", "blocks", var i, "upsamplers", "0", "conv"] => [$"output_blocks_{(3 * Int(i)) + 2}_{(i == "0" ? 1 : 2)}_conv"],
        _ => words,
    };

    private static string OfResnet(string[] words) => string.Join('_', words) switch
    {
        "norm1" => "in_layers_0",
        "conv1" => "in_layers_2",
        "time_emb_proj" => "emb_layers_1",
        "norm2" => "out_layers_0",
        "conv2" => "out_layers_3",
        "conv_shortcut" => "skip_connection",
        var other => throw new InvalidOperationException($"{other} is no layer of a resnet."),
    };

    private static int Int(string number) => int.Parse(number, CultureInfo.InvariantCulture);
}
