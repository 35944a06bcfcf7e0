using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Prompts;

/// <summary>
/// What the SDXL family is told of the picture (Podell et al., "SDXL", 2023, section 2.2), as WebUI does: that it was as large as it is to be, and
/// that nothing was cut off.
/// </summary>
internal static class SizeConditioning
{
    private const int WidthOfOne = 256;

    // WebUI's defaults for the refiner.
    private const float ScoreOfPrompt = 6, ScoreOfNegative = 2.5f;

    /// <summary>How many numbers it is, embedded.</summary>
    public static int WidthOf(SizeNumbers sizes) => Numbers(sizes, 0, 0, isNegative: false).Length * WidthOfOne;

    /// <summary>The numbers, embedded: of each 128 cosines, then as many sines.</summary>
    public static float[] Of(SizeNumbers sizes, int width, int height, bool isNegative)
    {
        var numbers = Numbers(sizes, width, height, isNegative);
        var embedded = new float[numbers.Length * WidthOfOne];
        const int half = WidthOfOne / 2;
        for (var n = 0; n < numbers.Length; n++)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = numbers[n] * MathF.Exp(-MathF.Log(10000) * i / half);
                (embedded[(n * WidthOfOne) + i], embedded[(n * WidthOfOne) + half + i]) = (MathF.Cos(angle), MathF.Sin(angle));
            }
        }
        return embedded;
    }

    private static float[] Numbers(SizeNumbers sizes, int width, int height, bool isNegative) => sizes switch
    {
        SizeNumbers.OriginalCropTarget => [height, width, 0, 0, height, width],
        SizeNumbers.OriginalCropScore => [height, width, 0, 0, isNegative ? ScoreOfNegative : ScoreOfPrompt],
        _ => [],
    };
}
