namespace DiffusionBot.Engine.Sampling;

/// <summary>How much each earlier guess, by its difference to the last one, bends a step of UniPC; all but the signal's own factor.</summary>
/// <param name="Predictor">Of the guesses before the last, latest first.</param>
/// <param name="Corrector">The same for the correction; the last is the new guess's.</param>
internal sealed record UniPcWeights(double[] Predictor, double[] Corrector)
{
    /// <summary>Zhao et al. 2023, theorem 3.1 (B(h)), or appendix C (varying coefficients).</summary>
    /// <param name="variant">Which.</param>
    /// <param name="ratios">Where the guesses lie, in steps from the last one: negative ones, then 1, the new one.</param>
    /// <param name="h">The step, negative.</param>
    public static UniPcWeights Of(UniPcVariant variant, double[] ratios, double h) =>
        variant == UniPcVariant.VaryCoeff ? Varying(ratios, h) : OfB(ratios, h, variant == UniPcVariant.Bh1 ? h : ExpMinus1(h));

    /// <summary>e^x - 1, also near 0.</summary>
    public static double ExpMinus1(double x) => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1;

    private static UniPcWeights OfB(double[] ratios, double h, double b)
    {
        var order = ratios.Length;
        var right = new double[order];
        var (phi, factorial) = (ExpMinus1(h) / h - 1, 1.0);
        for (var i = 0; i < order; i++)
        {
            right[i] = phi * factorial;
            factorial *= i + 2;
            phi = phi / h - 1 / factorial;
        }
        // The lowest orders are not solved for: a half is what they are in the limit of short steps.
        var predictor = order switch
        {
            1 => [],
            2 => [0.5 * b],
            _ => Solve(order - 1, (row, column) => Math.Pow(ratios[column], row), right),
        };
        return new UniPcWeights(predictor, order == 1 ? [0.5 * b] : Solve(order, (row, column) => Math.Pow(ratios[column], row), right));
    }

    private static UniPcWeights Varying(double[] ratios, double h)
    {
        var order = ratios.Length;
        var phis = new double[order];
        var (phi, factorial) = (ExpMinus1(h), 1.0);
        for (var k = 0; k < order; k++)
        {
            phi = phi / h - 1 / factorial;
            factorial *= k + 2;
            phis[k] = phi;
        }
        var corrector = new double[order];
        for (var j = 0; j < order; j++)
        {
            var column = Solve(order, (row, k) => Scaled(k, row), [.. Enumerable.Range(0, order).Select(i => i == j ? 1.0 : 0)]);   // of the equations' inverse
            if (j < order - 1)
            {
                for (var k = 0; k < order - 1; k++) corrector[j] += phis[k] * column[k];
            }
            else
            {
                // The original takes this one from the row before the last; so do the pictures that were drawn with it.
                corrector[j] = phis[order - 1] * column[Math.Max(0, order - 2)];
            }
        }
        return new UniPcWeights(order == 1 ? [] : Solve(order - 1, Scaled, phis), corrector);

        // Row k of the equations: the power k of the ratios, over (k + 1)!.
        double Scaled(int row, int column)
        {
            var value = 1.0;
            for (var k = 2; k <= row + 1; k++) value *= ratios[column] / k;
            return value;
        }
    }

    /// <summary>Gauss, with pivots.</summary>
    private static double[] Solve(int size, Func<int, int, double> at, double[] right)
    {
        var a = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++) a[i, j] = at(i, j);
        }
        var b = right[..size];
        for (var column = 0; column < size; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < size; row++) pivot = Math.Abs(a[row, column]) > Math.Abs(a[pivot, column]) ? row : pivot;
            for (var k = 0; k < size; k++) (a[column, k], a[pivot, k]) = (a[pivot, k], a[column, k]);
            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (var row = 0; row < size; row++)
            {
                if (row == column) continue;
                var factor = a[row, column] / a[column, column];
                for (var k = column; k < size; k++) a[row, k] -= factor * a[column, k];
                b[row] -= factor * b[column];
            }
        }
        for (var i = 0; i < size; i++) b[i] /= a[i, i];
        return b;
    }
}
