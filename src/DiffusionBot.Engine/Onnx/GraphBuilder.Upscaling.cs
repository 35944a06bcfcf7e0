using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Onnx;

/// <summary>What networks that enlarge pictures are made of, beside convolutions. Element by element a map stays in the layout that it has.</summary>
internal sealed partial class GraphBuilder
{
    /// <summary>x where it is positive, else x * slope.</summary>
    public Value LeakyRelu(Value x, float slope) => Elementwise(x, name => Emit(Standard, "LeakyRelu", [name], ("alpha", slope)));

    /// <summary>The same with a slope for each channel, or one for all (`weight`).</summary>
    public Value PRelu(Value x, Weights w)
    {
        var slopes = w.Length("weight");
        if (slopes != 1) slopes = x.Channels;
        return Value.OfPlain(Emit(Standard, "PRelu", [Plain(x), Weight(w, "weight", [slopes], [slopes, 1, 1])]), x.Channels);
    }

    /// <summary>Cut to 0 and 1.</summary>
    public Value Clamp(Value x) => Elementwise(x, name => Emit(Standard, "Clip", [name, Floats("0", [], [0]), Floats("1", [], [1])]));

    /// <summary>x + change * scale.</summary>
    public Value AddScaled(Value x, Value change, float scale)
    {
        var scaled = Elementwise(change, name => Emit(Standard, "Mul", [name, Floats($"scale {scale}", [1], [scale])]));
        return scaled.Blocked is { } blocked
            ? Value.OfBlocked(Emit(Standard, "Add", [Blocked(x), blocked]), x.Channels)
            : Add(x, scaled);
    }

    /// <summary>Channels of all, in their order. Whole blocks of channels stay blocks.</summary>
    public Value JoinAll(params IReadOnlyList<Value> maps)
    {
        var channels = maps.Sum(map => map.Channels);
        if (target.BlockSize > 0 && maps.All(map => map.Blocked is not null && map.Channels % target.BlockSize == 0))
            return Value.OfBlocked(Emit(Standard, "Concat", [.. maps.Select(map => map.Blocked!)], ("axis", 1L)), channels);
        return Value.OfPlain(Emit(Standard, "Concat", [.. maps.Select(Plain)], ("axis", 1L)), channels);
    }

    /// <summary>A convolution of single pixels without bias (`weight` [O, I, 1, 1]).</summary>
    public Value MixChannels(Value x, Weights w, long made) =>
        Value.OfPlain(Emit(Standard, "Conv", [Plain(x), Weight(w, "weight", [made, x.Channels, 1, 1])], ("kernel_shape", new long[] { 1, 1 })), made);

    /// <summary>[B, C r r, H, W] as [B, C, H r, W r]: torch's pixel shuffle.</summary>
    public Value PixelShuffle(Value x, long times) =>
        Value.OfPlain(Emit(Standard, "DepthToSpace", [Plain(x)], ("blocksize", times), ("mode", "CRD")), x.Channels / (times * times));

    /// <summary>So many times as high and wide, every pixel repeated.</summary>
    public Value Repeat(Value x, long times)
    {
        var scales = Floats($"1,1,{times},{times}", [4], [1, 1, times, times], ElementType.Float);
        return Value.OfPlain(Emit(Standard, "Resize", [Plain(x), "", scales],
            ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")), x.Channels);
    }

    private Value Elementwise(Value x, Func<string, string> emit) =>
        x.Blocked is { } blocked ? Value.OfBlocked(emit(blocked), x.Channels) : Value.OfPlain(emit(Plain(x)), x.Channels);
}
