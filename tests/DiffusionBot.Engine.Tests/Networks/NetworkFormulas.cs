namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>What a layer has in a network's file, or in a checkpoint.</summary>
internal sealed record LayerNumbers(int[] Shape, double[] Numbers)
{
    /// <summary>The first dimension.</summary>
    public int Rows => Shape[0];

    /// <summary>All others.</summary>
    public int Columns => Numbers.Length / Shape[0];

    /// <summary>As a matrix of all dimensions but the first.</summary>
    public double this[int row, int column] => Numbers[(row * Columns) + column];

    /// <summary>Of four dimensions.</summary>
    public double this[int i, int j, int k] => Numbers[(((i * Shape[1]) + j) * (Columns / Shape[1])) + k];

    /// <summary>The matrix product.</summary>
    public static LayerNumbers operator *(LayerNumbers left, LayerNumbers right)
    {
        var (rows, inner, columns) = (left.Rows, left.Columns, right.Columns);
        Assert.Equal(inner, right.Rows);
        var made = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                for (var n = 0; n < inner; n++) made[(i * columns) + j] += left[i, n] * right[n, j];
            }
        }
        return new LayerNumbers([rows, columns], made);
    }
}

/// <summary>
/// What becomes of a weight by the formulas of the papers and WebUI 1.10.1's conventions, in plain loops of doubles: nothing here is shared with the engine.
/// </summary>
/// <param name="parts">What the file has for the layer.</param>
/// <param name="weight">The layer's weight: [O, I], [O, I, h, w] or [C].</param>
internal sealed class NetworkFormulas(IReadOnlyDictionary<string, LayerNumbers> parts, LayerNumbers weight)
{
    private int Kernel => weight.Shape.Length > 2 ? weight.Columns / weight.Shape[1] : 1;

    /// <summary>W' = W + multiplier * finalize(difference): bias, then scale, then DoRA.</summary>
    public double[] Changed(double multiplier, int? dynamicRank = null)
    {
        var (difference, rank, isScaled) = Difference(dynamicRank);
        Assert.Equal(weight.Numbers.Length, difference.Length);
        if (parts.TryGetValue("bias", out var bias)) difference = [.. difference.Select((d, i) => d + bias.Numbers[i])];
        var scale = !isScaled ? 1
            : parts.TryGetValue("scale", out var said) ? said.Numbers[0]
            : rank is { } of && parts.TryGetValue("alpha", out var alpha) ? alpha.Numbers[0] / of
            : 1;
        difference = [.. difference.Select(d => d * scale)];
        if (parts.TryGetValue("dora_scale", out var lengths)) difference = Decomposed(difference, lengths);
        return [.. difference.Select((d, i) => weight.Numbers[i] + (multiplier * d))];
    }

    private (double[] Difference, int? Rank, bool IsScaled) Difference(int? dynamicRank)
    {
        if (parts.ContainsKey("lora_up.weight")) return (LowRank(dynamicRank), parts["lora_down.weight"].Rows, true);
        if (parts.ContainsKey("hada_w1_b")) return (Hadamard(), parts["hada_w1_b"].Rows, true);
        if (parts.ContainsKey("on_input")) return (InputOrOutput(), null, true);
        if (parts.Keys.Any(name => name.StartsWith("lokr_", StringComparison.Ordinal))) return (Kronecker(), (parts.GetValueOrDefault("lokr_w2_b") ?? parts.GetValueOrDefault("lokr_w1_b"))?.Rows, true);
        if (parts.TryGetValue("diff", out var whole)) return (whole.Numbers, null, true);
        if (parts.TryGetValue("w_norm", out var norm)) return (norm.Numbers, null, true);
        if (parts.ContainsKey("a1.weight")) return (Generalized(), null, true);
        return (Less(parts.TryGetValue("oft_diag", out var diagonal) ? Turned(diagonal) : parts["oft_blocks"].Shape.Length == 4 ? Butterfly() : Turned(Cayley(parts["oft_blocks"]))), null, false);
    }

    /// <summary>up · down; with a core ("CP", LoCon's): W[i,j,k] = Σnm up[i,n] mid[n,m,k] down[m,j].</summary>
    private double[] LowRank(int? dynamicRank)
    {
        var (up, down) = (parts["lora_up.weight"], parts["lora_down.weight"]);
        if (!parts.TryGetValue("lora_mid.weight", out var mid))
        {
            if (dynamicRank is not { } most) return (up * down).Numbers;
            // Of the rank only the first so many count; alpha is still divided by all.
            var first = Math.Min(most, down.Rows);
            return (new LayerNumbers([up.Rows, first], [.. Enumerable.Range(0, up.Rows * first).Select(i => up[i / first, i % first])]) * new LayerNumbers([first, down.Columns], down.Numbers[..(first * down.Columns)])).Numbers;
        }
        return Core(mid, up.Rows, down.Columns, (i, n) => up[i, n], (m, j) => down[m, j]);
    }

    /// <summary>LoHa: (w1a · w1b) ∘ (w2a · w2b); with cores each factor is Σnm t[n,m,k] a[n,i] b[m,j].</summary>
    private double[] Hadamard()
    {
        return [.. Factor("1").Zip(Factor("2"), (a, b) => a * b)];

        double[] Factor(string which)
        {
            var (a, b) = (parts[$"hada_w{which}_a"], parts[$"hada_w{which}_b"]);
            return parts.TryGetValue($"hada_t{which}", out var core) ? Core(core, a.Columns, b.Columns, (i, n) => a[n, i], (m, j) => b[m, j]) : (a * b).Numbers;
        }
    }

    private static double[] Core(LayerNumbers core, int outputs, int inputs, Func<int, int, double> left, Func<int, int, double> right)
    {
        var kernel = core.Columns / core.Shape[1];
        var made = new double[outputs * inputs * kernel];
        for (var i = 0; i < outputs; i++)
        {
            for (var j = 0; j < inputs; j++)
            {
                for (var k = 0; k < kernel; k++)
                {
                    var sum = 0.0;
                    for (var n = 0; n < core.Rows; n++)
                    {
                        for (var m = 0; m < core.Shape[1]; m++) sum += left(i, n) * core[n, m, k] * right(m, j);
                    }
                    made[(((i * inputs) + j) * kernel) + k] = sum;
                }
            }
        }
        return made;
    }

    /// <summary>IA3: W times a number of each input, or of each output.</summary>
    private double[] InputOrOutput()
    {
        var (factors, onInput) = (parts["weight"].Numbers, parts["on_input"].Numbers[0] != 0);
        return [.. weight.Numbers.Select((w, i) => w * factors[onInput ? i % weight.Columns : i / weight.Columns])];
    }

    /// <summary>LoKr: w1 ⊗ w2, both whole or of two factors, the second perhaps with a core: W[i1 O2 + i2, j1 I2 + j2, k] = w1[i1,j1] w2[i2,j2,k].</summary>
    private double[] Kronecker()
    {
        var one = parts.TryGetValue("lokr_w1", out var whole) ? whole : parts["lokr_w1_a"] * parts["lokr_w1_b"];
        var two = parts.TryGetValue("lokr_w2", out var second) ? second
            : !parts.TryGetValue("lokr_t2", out var core) ? parts["lokr_w2_a"] * parts["lokr_w2_b"]
            : new LayerNumbers([parts["lokr_w2_a"].Columns, parts["lokr_w2_b"].Columns, core.Columns / core.Shape[1]],
                Core(core, parts["lokr_w2_a"].Columns, parts["lokr_w2_b"].Columns, (i, n) => parts["lokr_w2_a"][n, i], (m, j) => parts["lokr_w2_b"][m, j]));
        var made = new double[one.Numbers.Length * two.Numbers.Length];
        for (var i = 0; i < one.Rows * two.Rows; i++)
        {
            // Inputs and kernel of the second lie together: one index goes through both.
            for (var j = 0; j < one.Columns * two.Columns; j++) made[(i * one.Columns * two.Columns) + j] = one[i / two.Rows, j / two.Columns] * two[i % two.Rows, j % two.Columns];
        }
        return made;
    }

    /// <summary>GLoRA: b2 · b1 + W · a2 · a1. It has an alpha, of which WebUI makes nothing.</summary>
    private double[] Generalized() =>
        [.. (parts["b2.weight"] * parts["b1.weight"]).Numbers.Zip((weight * parts["a2.weight"] * parts["a1.weight"]).Numbers, (b, a) => b + a)];

    /// <summary>
    /// Of blocks [..., b, b]: Q = B - Bᵀ, all of them together no longer than alpha times the outputs (an alpha of 0: as long as they are), and (I + Q)(I - Q)⁻¹.
    /// </summary>
    private LayerNumbers Cayley(LayerNumbers blocks)
    {
        var side = blocks.Shape[^1];
        var area = side * side;
        var skew = new double[blocks.Numbers.Length];
        for (var i = 0; i < skew.Length; i++)
        {
            var (block, row, column) = (i / area, i % area / side, i % side);
            skew[i] = blocks.Numbers[i] - blocks.Numbers[(block * area) + (column * side) + row];
        }
        var most = (parts.TryGetValue("alpha", out var alpha) ? alpha.Numbers[0] : 0) * weight.Rows;
        if (most != 0)
        {
            var length = Math.Sqrt(skew.Sum(q => q * q));
            var shorter = (Math.Min(length, most) + 1e-8) / (length + 1e-8);
            skew = [.. skew.Select(q => q * shorter)];
        }
        var made = new List<double>();
        for (var block = 0; block < skew.Length / area; block++)
        {
            var q = skew[(block * area)..((block + 1) * area)];
            double[] plus = [.. q.Select((v, i) => (i % (side + 1) == 0 ? 1 : 0) + v)], minus = [.. q.Select((v, i) => (i % (side + 1) == 0 ? 1 : 0) - v)];
            made.AddRange((new LayerNumbers([side, side], plus) * Inverse(minus, side)).Numbers);
        }
        return new LayerNumbers(blocks.Shape, [.. made]);
    }

    /// <summary>OFT: each block of outputs is turned by its R: W'[kb + m] = Σn R[k,n,m] W[kb + n].</summary>
    private double[] Turned(LayerNumbers blocks)
    {
        var (side, columns) = (blocks.Shape[^1], weight.Columns);
        var made = new double[weight.Numbers.Length];
        for (var row = 0; row < weight.Rows; row++)
        {
            var (block, m) = (row / side, row % side);
            for (var column = 0; column < columns; column++)
            {
                for (var n = 0; n < side; n++) made[(row * columns) + column] += blocks[block, n, m] * weight[(block * side) + n, column];
            }
        }
        return made;
    }

    /// <summary>
    /// BOFT: so many turns one after another. For turn i the outputs lie as [c, 2, b/2 · 2^i], and those two that differ in the middle index alone become neighbours
    /// before each b are multiplied with their block.
    /// </summary>
    private double[] Butterfly()
    {
        var turns = Cayley(parts["oft_blocks"]);
        var (count, blocks, side, columns) = (turns.Shape[0], turns.Shape[1], turns.Shape[2], weight.Columns);
        var now = weight.Numbers;
        for (var turn = 0; turn < count; turn++)
        {
            var half = side / 2 * (1 << turn);
            int From(int place) => (((place / (2 * half) * 2) + (place % 2)) * half) + (place % (2 * half) / 2);
            var next = new double[now.Length];
            for (var place = 0; place < weight.Rows; place++)
            {
                var (block, m) = (place / side, place % side);
                for (var column = 0; column < columns; column++)
                {
                    var sum = 0.0;
                    for (var n = 0; n < side; n++) sum += turns.Numbers[(((((turn * blocks) + block) * side) + m) * side) + n] * now[(From((block * side) + n) * columns) + column];
                    next[(From(place) * columns) + column] = sum;
                }
            }
            now = next;
        }
        return now;
    }

    /// <summary>What was turned, longer or shorter by each output's factor where there are some, less the weight.</summary>
    private double[] Less(double[] turned)
    {
        var factors = parts.GetValueOrDefault("rescale")?.Numbers;
        return [.. turned.Select((t, i) => (t * (factors?[i / weight.Columns] ?? 1)) - weight.Numbers[i])];
    }

    /// <summary>DoRA: V = W + difference; of each input V's length over all outputs (and its kernel) is |V|; (V · lengths / |V|) - W.</summary>
    private double[] Decomposed(double[] difference, LayerNumbers lengths)
    {
        var (columns, kernel) = (weight.Columns, Kernel);
        double[] merged = [.. difference.Select((d, i) => weight.Numbers[i] + d)];
        var norms = new double[columns / kernel];
        for (var i = 0; i < merged.Length; i++) norms[i % columns / kernel] += merged[i] * merged[i];
        // [1, I] is of inputs; [O, 1] is broadcast over them.
        return [.. merged.Select((v, i) => (v * lengths.Numbers[lengths.Rows == 1 ? i % columns / kernel : i / columns] / Math.Sqrt(norms[i % columns / kernel])) - weight.Numbers[i])];
    }

    /// <summary>By Gauss and Jordan.</summary>
    private static LayerNumbers Inverse(double[] matrix, int side)
    {
        var (a, inverse) = ((double[])matrix.Clone(), new double[side * side]);
        for (var i = 0; i < side; i++) inverse[(i * side) + i] = 1;
        for (var step = 0; step < side; step++)
        {
            var best = Enumerable.Range(step, side - step).MaxBy(row => Math.Abs(a[(row * side) + step]));
            foreach (var of in (double[][])[a, inverse])
            {
                for (var column = 0; column < side; column++) (of[(step * side) + column], of[(best * side) + column]) = (of[(best * side) + column], of[(step * side) + column]);
            }
            var pivot = a[(step * side) + step];
            for (var column = 0; column < side; column++)
            {
                a[(step * side) + column] /= pivot;
                inverse[(step * side) + column] /= pivot;
            }
            for (var row = 0; row < side; row++)
            {
                var factor = a[(row * side) + step];
                if (row == step || factor == 0) continue;
                for (var column = 0; column < side; column++)
                {
                    a[(row * side) + column] -= factor * a[(step * side) + column];
                    inverse[(row * side) + column] -= factor * inverse[(step * side) + column];
                }
            }
        }
        return new LayerNumbers([side, side], inverse);
    }
}
