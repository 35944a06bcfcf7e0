namespace DiffusionBot.Engine.Sampling;

/// <summary>The beta distribution, which has no functions of its own in .NET.</summary>
internal static class BetaDistribution
{
    private const int Halvings = 1100;   // of [0, 1] until it cannot be halved any more, at worst; most end after 60
    private const int Terms = 500;
    private const double Precision = 1e-15;

    /// <summary>Where the distribution function is <paramref name="probability"/> (0 to 1); alpha and beta are above 0.</summary>
    public static double Quantile(double probability, double alpha, double beta)
    {
        if (probability <= 0) return 0;
        if (probability >= 1) return 1;
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high || high - low < Precision * high) break;
            if (Probability(middle, alpha, beta) < probability) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>The distribution function: the regularized incomplete beta function.</summary>
    public static double Probability(double at, double alpha, double beta)
    {
        if (at <= 0) return 0;
        if (at >= 1) return 1;
        // The fraction converges fast on this side of the mean; the other side is the mirror's.
        if (at > (alpha + 1) / (alpha + beta + 2)) return 1 - Probability(1 - at, beta, alpha);
        var scale = Math.Exp(LogGamma(alpha + beta) - LogGamma(alpha) - LogGamma(beta) + alpha * Math.Log(at) + beta * Math.Log(1 - at));
        return scale * Fraction(at, alpha, beta) / alpha;
    }

    /// <summary>The continued fraction of Abramowitz and Stegun 26.5.8, by Lentz's method.</summary>
    private static double Fraction(double at, double alpha, double beta)
    {
        var (c, d) = (1.0, 1 / NotZero(1 - (alpha + beta) * at / (alpha + 1)));
        var value = d;
        for (var m = 1; m <= Terms; m++)
        {
            Next(m * (beta - m) * at / ((alpha + 2 * m - 1) * (alpha + 2 * m)));
            if (Math.Abs(Next(-(alpha + m) * (alpha + beta + m) * at / ((alpha + 2 * m) * (alpha + 2 * m + 1))) - 1) < Precision) break;
        }
        return value;

        double Next(double term)
        {
            d = 1 / NotZero(1 + term * d);
            c = NotZero(1 + term / c);
            value *= c * d;
            return c * d;
        }

        static double NotZero(double x) => Math.Abs(x) < 1e-300 ? 1e-300 : x;
    }

    /// <summary>The logarithm of the gamma function above 0: Stirling's series from 10 up, and the recurrence down from there.</summary>
    private static double LogGamma(double x)
    {
        var below = 0.0;
        for (; x < 10; x++) below += Math.Log(x);
        var inverse = 1 / (x * x);
        var series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / x;
        return (x - 0.5) * Math.Log(x) - x + Math.Log(2 * Math.PI) / 2 + series - below;
    }
}
