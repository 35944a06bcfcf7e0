namespace DiffusionBot.Engine.Onnx;

/// <summary>The activations that hypernetworks may have, by torch's names in lower case.</summary>
internal sealed partial class GraphBuilder
{
    private static readonly Dictionary<string, Func<GraphBuilder, string, string>> activations = new(StringComparer.Ordinal)
    {
        ["relu"] = (g, x) => g.Emit(Standard, "Relu", [x]),
        ["leakyrelu"] = (g, x) => g.Emit(Standard, "LeakyRelu", [x], ("alpha", 0.01f)),
        // Between training's random slopes, 1/8 to 1/3.
        ["rrelu"] = (g, x) => g.Emit(Standard, "LeakyRelu", [x], ("alpha", 11f / 48)),
        ["relu6"] = (g, x) => g.Clipped(x, 0, 6),
        ["hardtanh"] = (g, x) => g.Clipped(x, -1, 1),
        ["elu"] = (g, x) => g.Emit(Standard, "Elu", [x], ("alpha", 1f)),
        ["celu"] = (g, x) => g.Emit(Standard, "Elu", [x], ("alpha", 1f)),
        ["selu"] = (g, x) => g.Emit(Standard, "Selu", [x]),
        ["gelu"] = (g, x) => g.Emit(Fused, "Gelu", [x]),
        ["silu"] = (g, x) => g.Emit(Fused, "QuickGelu", [x], ("alpha", 1f)),
        // WebUI's swish is the hard one.
        ["swish"] = (g, x) => g.HardSwish(x),
        ["hardswish"] = (g, x) => g.HardSwish(x),
        ["hardsigmoid"] = (g, x) => g.HardSigmoid(x),
        ["sigmoid"] = (g, x) => g.Emit(Standard, "Sigmoid", [x]),
        ["logsigmoid"] = (g, x) => g.Emit(Standard, "Neg", [g.Emit(Standard, "Softplus", [g.Emit(Standard, "Neg", [x])])]),
        ["tanh"] = (g, x) => g.Emit(Standard, "Tanh", [x]),
        ["tanhshrink"] = (g, x) => g.Emit(Standard, "Sub", [x, g.Emit(Standard, "Tanh", [x])]),
        ["hardshrink"] = (g, x) => g.Emit(Standard, "Shrink", [x], ("lambd", 0.5f), ("bias", 0f)),
        ["softshrink"] = (g, x) => g.Emit(Standard, "Shrink", [x], ("lambd", 0.5f), ("bias", 0.5f)),
        ["softplus"] = (g, x) => g.Emit(Standard, "Softplus", [x]),
        ["softsign"] = (g, x) => g.Emit(Standard, "Softsign", [x]),
        ["mish"] = (g, x) => g.Emit(Standard, "Mul", [x, g.Emit(Standard, "Tanh", [g.Emit(Standard, "Softplus", [x])])]),
    };

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Activations => activations.Keys;

    /// <summary>Whether there is one of this name.</summary>
    public static bool KnowsActivation(string name) => activations.ContainsKey(name);

    /// <summary>An activation by its name.</summary>
    public Value Activate(Value x, string name) => Value.OfPlain(activations[name](this, Plain(x)), x.Channels);

    /// <summary>x times a number.</summary>
    public Value Scale(Value x, float factor) => Value.OfPlain(Emit(Standard, "Mul", [Plain(x), Number(factor)]), x.Channels);

    private string HardSigmoid(string x) => Emit(Standard, "HardSigmoid", [x], ("alpha", 1f / 6), ("beta", 0.5f));

    private string HardSwish(string x) => Emit(Standard, "Mul", [x, HardSigmoid(x)]);

    private string Clipped(string x, float from, float to) => Emit(Standard, "Clip", [x, Number(from), Number(to)]);

    private string Number(float value) => Floats($"number {value:R}", [], [value]);
}
