using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>The reference's hypernetworks against WebUI's formula in plain loops of doubles: x + strength * layers(x), of keys and of values, for each width.</summary>
public sealed class HypernetworkFormulaTests
{
    private const int Tokens = 7;

    /// <summary>One after another, and how strong each is.</summary>
    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var names in (string[])["hn-linear 0.7", "hn-relu-ln 0.7", "hn-swish-act 0.7", "hn-mish 0.7", "hn-mish -0.5", "hn-linear 0.5 hn-relu-ln 0.5", "hn-swish-act 1 hn-mish 1.5"])
            {
                cases.Add(names, 32);
                cases.Add(names, 64);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Keys_and_values_are_made_of_what_the_formula_says(string names, int width)
    {
        const int seed = 11;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        float[] input = [.. Enumerable.Range(0, Tokens * width).Select(_ => (float)((random.NextDouble() * 6) - 3))];
        var words = names.Split(' ');
        (string Path, float Strength)[] uses = [.. Enumerable.Range(0, words.Length / 2).Select(i =>
            (TestData.Reference($"networks/hypernetworks/{words[2 * i]}.pt"), float.Parse(words[(2 * i) + 1], System.Globalization.CultureInfo.InvariantCulture)))];

        var g = new GraphBuilder("hypernetworks", GraphTarget.Plain);
        var (keys, values) = Hypernetwork.Apply(g, [.. uses.Select(u => Hypernetwork.Read(u.Path, u.Strength))], g.Input("x", ElementType.Float, width, 1L, (long)Tokens, (long)width));
        g.Output("keys", ElementType.Float, keys, 1L, (long)Tokens, (long)width);
        g.Output("values", ElementType.Float, values, 1L, (long)Tokens, (long)width);
        using var session = OrtSession.Create(g, new SessionSettings());
        using var binding = session.Bind();
        var made = new[] { new float[input.Length], new float[input.Length] };
        binding.Input("x", input, 1, Tokens, width);
        binding.Output("keys", made[0], 1, Tokens, width);
        binding.Output("values", made[1], 1, Tokens, width);
        binding.Run();

        for (var which = 0; which < 2; which++)
        {
            double[] x = [.. input.Select(v => (double)v)];
            foreach (var (path, strength) in uses)
            {
                var file = TorchFile.Open(path);
                x = [.. x.Chunk(width).SelectMany(token => token.Zip(Layers(file, width, which, token), (before, change) => before + (strength * change)))];
            }
            var (off, change) = (Length(x.Select((v, i) => v - made[which][i])), Length(x.Select((v, i) => v - input[i])));
            TestContext.Current.TestOutputHelper?.WriteLine($"{names}, {width}: off by {off / change:E2} of the change.");
            Assert.True(change > 1e-2 * Length(x), $"{names}: the change is {change:E2}, too small to be a test.");
            Assert.True(off <= 1e-5 * change, $"{names}, {width}, {(which == 0 ? "keys" : "values")}: off by {off / change:E2} of the change.");
        }
        Assert.True(TensorAssert.RelativeL2(made[0], made[1]) > 1e-3, "Keys and values are made of the same.");
    }

    private static double Length(IEnumerable<double> numbers) => Math.Sqrt(numbers.Sum(n => n * n));

    /// <summary>
    /// torch's sequence as `layer_structure` lays it out: a linear layer, its activation (after the last one only where `activate_output` says so), a layer norm and a
    /// dropout, that does nothing here, where there are some. Each has a number, by which its tensors are called.
    /// </summary>
    private static double[] Layers(TorchFile file, int width, int which, double[] x)
    {
        var root = Assert.IsType<PickleDict>(file.Root);
        double[] structure = Items("layer_structure"), dropouts = root["use_dropout"] is true ? Items("dropout_structure") : [];
        var (number, used) = (0, 0);
        for (var i = 0; i + 1 < structure.Length; i++)
        {
            var (weight, bias) = Read((int)(width * structure[i + 1]) * x.Length);
            x = [.. bias.Select((shift, o) => shift + x.Select((v, n) => v * weight[(o * x.Length) + n]).Sum())];
            if (root["activation_func"] is string function and not "linear" && (i + 2 < structure.Length || root["activate_output"] is true))
            {
                number++;
                x = [.. x.Select(v => function switch
                {
                    "relu" => Math.Max(v, 0),
                    "swish" => v * Math.Clamp(v + 3, 0, 6) / 6,
                    "mish" => v * Math.Tanh(Math.Log(1 + Math.Exp(v))),
                    _ => throw new InvalidOperationException(function),
                })];
            }
            if (root["is_layer_norm"] is true)
            {
                (weight, bias) = Read(x.Length);
                var mean = x.Average();
                var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-5);
                x = [.. x.Select((v, n) => ((v - mean) / deviation * weight[n]) + bias[n])];
            }
            if (dropouts.Length > 0 && dropouts[i + 1] > 0) number++;
        }
        Assert.Equal(used, file.Tensors.Keys.Count(name => name.StartsWith($"{width}.{which}.", StringComparison.Ordinal)));
        return x;

        (double[] Weight, double[] Bias) Read(int elements)
        {
            var name = $"{width}.{which}.linear.{number++}";
            used += 2;
            double[] weight = [.. TensorData.Floats(file.Tensors[$"{name}.weight"]).Select(v => (double)v)];
            Assert.Equal(elements, weight.Length);
            return (weight, [.. TensorData.Floats(file.Tensors[$"{name}.bias"]).Select(v => (double)v)]);
        }

        double[] Items(string name) => [.. Assert.IsType<PickleList>(root[name]).Items.Select(item => Convert.ToDouble(item, System.Globalization.CultureInfo.InvariantCulture))];
    }
}
