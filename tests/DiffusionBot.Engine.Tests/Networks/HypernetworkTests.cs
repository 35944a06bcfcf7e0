using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Engine.Tests.Checkpoints.Torch;

namespace DiffusionBot.Engine.Tests.Networks;

public sealed class HypernetworkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>torch's formulas, worked out here.</summary>
    public static TheoryData<string> Names => [.. GraphBuilder.Activations];

    [Theory]
    [MemberData(nameof(Names))]
    public void Activations_are_those_of_torch(string name)
    {
        Func<double, double> expected = name switch
        {
            "relu" => x => Math.Max(x, 0),
            "leakyrelu" => x => x < 0 ? x / 100 : x,
            "rrelu" => x => x < 0 ? x * 11 / 48 : x,
            "relu6" => x => Math.Clamp(x, 0, 6),
            "hardtanh" => x => Math.Clamp(x, -1, 1),
            "elu" or "celu" => x => x > 0 ? x : Math.Exp(x) - 1,
            "selu" => x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)),
            "gelu" => x => x * Gauss(x),
            "silu" => x => x / (1 + Math.Exp(-x)),
            "swish" or "hardswish" => x => x * Math.Clamp(x + 3, 0, 6) / 6,
            "hardsigmoid" => x => Math.Clamp(x + 3, 0, 6) / 6,
            "sigmoid" => x => 1 / (1 + Math.Exp(-x)),
            "logsigmoid" => x => -Math.Log(1 + Math.Exp(-x)),
            "tanh" => Math.Tanh,
            "tanhshrink" => x => x - Math.Tanh(x),
            "hardshrink" => x => Math.Abs(x) > 0.5 ? x : 0,
            "softshrink" => x => Math.Abs(x) > 0.5 ? x - (0.5 * Math.Sign(x)) : 0,
            "softplus" => x => Math.Log(1 + Math.Exp(x)),
            "softsign" => x => x / (1 + Math.Abs(x)),
            "mish" => x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
            _ => throw new ArgumentException($"{name} has no formula here.", nameof(name)),
        };
        var g = new GraphBuilder("activation", GraphTarget.Plain);
        g.Output("y", ElementType.Float, g.Activate(g.Input("x", ElementType.Float, 8, 1L, 33L), name), 1L, 33L);
        using var session = OrtSession.Create(g, new SessionSettings());
        using var binding = session.Bind();
        var (input, made) = (Enumerable.Range(-16, 33).Select(i => (i * 0.21f) + 0.01f).ToArray(), new float[33]);
        binding.Input("x", input, 1, 33);
        binding.Output("y", made, 1, 33);
        binding.Run();
        TensorAssert.Close([.. input.Select(x => (float)expected(x))], made, 2e-6f, name);
    }

    [Theory]
    [InlineData("no hypernetwork", "list")]
    [InlineData("activation is 'evil'", "function")]
    [InlineData("networks for 0 widths", "empty")]
    [InlineData("has 0 layers", "nothing")]
    [InlineData("no layer of a hypernetwork", "name")]
    [InlineData("lacks its weight or bias", "bias")]
    [InlineData("expected one that takes 8 numbers", "shape")]
    [InlineData("makes 16 numbers", "end")]
    public void What_is_none_is_refused_with_a_reason(string why, string what)
    {
        var pickle = new PickleBytes();
        if (what == "list") pickle.Op(PickleOpcode.EmptyList);
        else
        {
            pickle.Op(PickleOpcode.EmptyDict);
            if (what == "function") pickle.Text("activation_func").Text("evil").Op(PickleOpcode.SetItem);
            if (what is not ("empty" or "function"))
            {
                pickle.Op(PickleOpcode.BinInt1).Raw(8).Op(PickleOpcode.EmptyList);
                for (var i = 0; i < 2; i++) Layers(pickle, what);
                pickle.Op(PickleOpcode.SetItem);
            }
        }
        var path = folder.Write("x.pt", new ZipBytes().Add("a/data.pkl", pickle.ToBytes()).Add("a/byteorder", "little"u8).Add("a/data/0", new byte[4 * 256]).Add("a/version", "3\n"u8).ToBytes(zip64: true));
        var error = Assert.Throws<InvalidCheckpointException>(() => Hypernetwork.Read(path, 1));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static void Layers(PickleBytes pickle, string what)
    {
        pickle.Op(PickleOpcode.EmptyDict);
        if (what == "name") Tensor("other.0.weight", [8, 8]);
        if (what == "bias") Tensor("linear.0.weight", [8, 8]);
        if (what is "shape" or "end")
        {
            Tensor("linear.0.weight", [16, what == "shape" ? 4 : 8]);
            Tensor("linear.0.bias", [16]);
        }
        pickle.Op(PickleOpcode.Append);

        void Tensor(string name, long[] shape) => pickle.Text(name).Tensor("FloatStorage", "0", 256, 0, shape, TorchBytes.RowMajor(shape)).Op(PickleOpcode.SetItem);
    }

    /// <summary>The normal distribution, by its series.</summary>
    private static double Gauss(double x)
    {
        var (sum, term) = (x, x);
        for (var n = 1; n < 200; n++)
        {
            term *= -x * x / (2 * n);
            sum += term / ((2 * n) + 1);
        }
        return 0.5 + (sum / Math.Sqrt(2 * Math.PI));
    }
}
