using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Onnx;

/// <summary>Feature maps [B, C, H, W]: convolutions, enlarging, joining, and the layouts they lie in.</summary>
internal sealed partial class GraphBuilder
{
    /// <summary>
    /// A convolution with bias (`weight` [O, I, k, k], `bias` [O]). With <paramref name="plus"/> that map is added to the
    /// result, which a blocked convolution does in its own loop.
    /// </summary>
    /// <param name="x">[B, I, H, W].</param>
    /// <param name="w">Where `weight` and `bias` are.</param>
    /// <param name="kernel">Side of the kernel: 1 or 3.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="pads">Zeros around the map: top, left, bottom, right. Default kernel / 2 on each side.</param>
    /// <param name="plus">[B, O, H, W] or null.</param>
    public Value Conv(Value x, Weights w, int kernel, int stride = 1, long[]? pads = null, Value? plus = null)
    {
        pads ??= [kernel / 2, kernel / 2, kernel / 2, kernel / 2];
        var made = w.Length("bias");   // says how many channels come out
        var (weight, bias) = (w.Get("weight", made, x.Channels, kernel, kernel), w.Get("bias", made));
        (string, object)[] attributes = [("kernel_shape", new long[] { kernel, kernel }), ("strides", new long[] { stride, stride }), ("pads", pads)];
        if (target.BlockSize == 0 || (x.Channels >= target.BlockSize && x.Channels % 4 != 0))
        {
            var result = Value.OfPlain(Emit(Standard, "Conv",
                [Plain(x), Weight(weight, WeightLayout.Plain, [made, x.Channels, kernel, kernel], ""), Weight(bias, WeightLayout.Plain, [made], "")], attributes), made);
            return plus is null ? result : Add(plus, result);
        }

        var plainInput = x.Channels < target.BlockSize;
        var layout = plainInput ? WeightLayout.BlockedKernelOfPlainInput : WeightLayout.BlockedKernel;
        long[] shape = [FilledUp(made), plainInput ? x.Channels : FilledUp(x.Channels), kernel, kernel];
        string[] from =
        [
            plainInput ? Plain(x) : Blocked(x),
            Weight(weight, layout, shape, ":blocked"),
            Weight(bias, WeightLayout.BlockedBias, [FilledUp(made)], ":blocked"),
        ];
        // Only a map that exists in blocks, or can be brought there, is added inside; the reorder that wants
        // channels in fours is the limit.
        if (plus is not null && made % 4 == 0) return Value.OfBlocked(Emit(BlockedDomain, "Conv", [.. from, Blocked(plus)], attributes), made);
        var map = Value.OfBlocked(Emit(BlockedDomain, "Conv", from, attributes), made);
        return plus is null ? map : Add(plus, map);
    }

    /// <summary>Twice as high and wide, every pixel repeated.</summary>
    public Value Double(Value x)
    {
        if (target.BlockSize > 0 && x.Blocked is not null)
            return Value.OfBlocked(Emit(BlockedDomain, "Upsample", [x.Blocked], ("scales", new long[] { 1, 1, 2, 2 }), ("mode", "nearest")), x.Channels);
        var scales = Floats("1,1,2,2", [4], [1, 1, 2, 2], ElementType.Float);
        return Value.OfPlain(Emit(Standard, "Resize", [Plain(x), "", scales],
            ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")), x.Channels);
    }

    /// <summary>
    /// The first rows and columns of <paramref name="x"/>, as many as <paramref name="like"/> has. After doubling, a map is larger than
    /// the one it meets by one row or column at most, and taking the nearest pixel, as WebUI does, is then the same as this.
    /// </summary>
    public Value CropTo(Value x, Value like)
    {
        return Value.OfPlain(Emit(Standard, "Slice", [Plain(x), Longs(0, 0), SizeOf(like), Longs(2, 3)]), x.Channels);
    }

    /// <summary>Channels of both, a's first.</summary>
    public Value Join(Value a, Value b) => Value.OfPlain(Emit(Standard, "Concat", [Plain(a), Plain(b)], ("axis", 1L)), a.Channels + b.Channels);

    /// <summary>[B, C, H, W] as tokens [B, H*W, C].</summary>
    public Value ToTokens(Value map)
    {
        if (map.Blocked is not null && map.Plain is null)
        {
            var last = Emit(BlockedDomain, "ReorderOutput", [map.Blocked], ("channels", map.Channels), ("channels_last", 1L));
            return Value.OfPlain(Emit(Standard, "Reshape", [last, Longs(0, -1, map.Channels)]), map.Channels);
        }
        var flat = Emit(Standard, "Reshape", [Plain(map), Longs(0, map.Channels, -1)]);
        return Value.OfPlain(Emit(Standard, "Transpose", [flat], ("perm", new long[] { 0, 2, 1 })), map.Channels);
    }

    /// <summary>Tokens [B, H*W, C] as a map of the height and width of <paramref name="like"/>.</summary>
    public Value ToMap(Value tokens, Value like)
    {
        var size = SizeOf(like);
        if (target.BlockSize > 0 && tokens.Channels % 4 == 0 && tokens.Channels >= target.BlockSize)
        {
            var shape = Emit(Standard, "Concat", [Longs(0), size, Longs(tokens.Channels)], ("axis", 0L));
            var last = Emit(Standard, "Reshape", [Plain(tokens), shape]);
            return Value.OfBlocked(Emit(BlockedDomain, "ReorderInput", [last], ("channels_last", 1L)), tokens.Channels);
        }
        var swapped = Emit(Standard, "Transpose", [Plain(tokens)], ("perm", new long[] { 0, 2, 1 }));
        var map = Emit(Standard, "Concat", [Longs(0), Longs(tokens.Channels), size], ("axis", 0L));
        return Value.OfPlain(Emit(Standard, "Reshape", [swapped, map]), tokens.Channels);
    }

    /// <summary>A map's height and width, as two numbers of the graph.</summary>
    private string SizeOf(Value map) => Emit(Standard, "Slice", [Emit(Standard, "Shape", [Plain(map)]), Longs(2), Longs(4)]);

    /// <summary>The value's name in plain layout; the reorder is emitted where it is missing.</summary>
    private string Plain(Value x) => x.Plain ??= Emit(BlockedDomain, "ReorderOutput", [x.Blocked!], ("channels", x.Channels));

    /// <summary>The value's name in blocked layout; the reorder is emitted where it is missing.</summary>
    private string Blocked(Value x) => x.Blocked ??= Emit(BlockedDomain, "ReorderInput", [x.Plain!]);

    /// <summary>
    /// A graph whose output `filled` [1, b, 1, 1] for an input `x` [1, 4, 1, 1] tells the runtime's block size b.
    /// </summary>
    public static GraphBuilder BlockSizeQuestion()
    {
        var g = new GraphBuilder("block-size", GraphTarget.Cpu(blockSize: 1));
        var x = g.Input("x", ElementType.Float, 4, 1L, 4L, 1L, 1L);
        g.Output("filled", ElementType.Float, Value.OfPlain(g.Blocked(x)), "one", "block", "height", "width");
        return g;
    }

    /// <summary>A graph that adds an input `x` [1] to itself: what shows whether a device works at all.</summary>
    public static GraphBuilder Trial()
    {
        var g = new GraphBuilder("trial", GraphTarget.Plain);
        var x = g.Input("x", ElementType.Float, 0, 1L);
        g.Output("sum", ElementType.Float, g.Add(x, x), 1L);
        return g;
    }

    private long FilledUp(long channels) => (channels + target.BlockSize - 1) / target.BlockSize * target.BlockSize;
}
