using System.Globalization;

namespace DiffusionBot.Testing;

/// <summary>What whoever runs the tests asks for by environment variables.</summary>
internal static class Asked
{
    /// <summary>How many of something, unless it is asked for.</summary>
    public static int Count(string variable, int otherwise) => Number(variable) ?? otherwise;

    /// <summary>A seed: another one each time, unless it is asked for. The test's output names it, so that the run can be repeated.</summary>
    public static int Seed(string variable)
    {
        var seed = Number(variable) ?? Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"{variable}={seed}");
        return seed;
    }

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : null;
}
