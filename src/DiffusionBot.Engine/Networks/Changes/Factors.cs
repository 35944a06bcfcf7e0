namespace DiffusionBot.Engine.Networks.Changes;

/// <summary>Pieces that the factorisations have in common.</summary>
internal static class Factors
{
    /// <summary>Of a matrix of a layer whose own sides are 10240 at most, more would be no saving.</summary>
    public const int MostRank = 16384;

    /// <summary>[O, m, k] with down [m, I] put in the place of m: [O, I, k].</summary>
    public static float[] ThroughInputs(ReadOnlySpan<float> tensor, ReadOnlySpan<float> down, int outputs, int m, int area, int inputs)
    {
        var made = new float[checked(outputs * inputs * area)];
        var turned = new float[inputs * m];
        for (var i = 0; i < inputs; i++)
        {
            for (var j = 0; j < m; j++) turned[(i * m) + j] = down[(j * inputs) + i];
        }
        for (var o = 0; o < outputs; o++)
            MatrixProduct.Add(turned, tensor.Slice(o * m * area, m * area), made.AsSpan(o * inputs * area, inputs * area), inputs, m, area, 1, 1);
        return made;
    }

    /// <summary>LyCORIS' tucker form: core [i, j, k...], a [i, O], b [j, I] become [O, I, k...].</summary>
    public static float[] Tucker(ReadOnlySpan<float> core, ReadOnlySpan<float> a, ReadOnlySpan<float> b, int i, int j, int area, int outputs, int inputs)
    {
        var turned = new float[outputs * i];
        for (var o = 0; o < outputs; o++)
        {
            for (var n = 0; n < i; n++) turned[(o * i) + n] = a[(n * outputs) + o];
        }
        var upper = MatrixProduct.Of(turned, core, outputs, i, j * area);
        return ThroughInputs(upper, b, outputs, j, area, inputs);
    }
}
