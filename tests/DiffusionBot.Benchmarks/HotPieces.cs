using BenchmarkDotNet.Attributes;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Benchmarks;

/// <summary>What the engine itself computes around the networks: for a 512x512 picture unless said.</summary>
[MemoryDiagnoser]
public class HotPieces
{
    private const int Each = 4 * 64 * 64;

    private readonly float[] noise = new float[Each];
    private readonly float[] x = new float[Each];
    private Bitmap picture = null!;
    private SamplerChoice eulerA = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var pixels = new byte[512 * 512 * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i / 700 + i % 251 / 16);
        picture = new Bitmap(512, 512, 3, pixels);
        eulerA = SamplerTable.Find("Euler a");
    }

    [Benchmark]
    public int PromptToChunks() => PromptChunks.Split("(a red apple:1.3) on a blue background, best quality, 红苹果，蓝色背景", ClipTokenizer.Shared).Count;

    [Benchmark]
    public void NoiseOfTheGpu() => new PhiloxGenerator(7).Fill(noise);

    [Benchmark]
    public void NoiseOfTheCpu() => new TorchCpuGenerator(7).Fill(noise);

    [Benchmark]
    public void TwentyStepsOfEulerA()
    {
        var sampler = new LatentSampler(NoiseSchedule.StableDiffusion, PredictionType.Eps, (input, _, cond, uncond) =>
        {
            input.CopyTo(cond);
            input.CopyTo(uncond);
        });
        sampler.FromNoise(eulerA, 20, 7, new ImageNoise(NoiseSource.Gpu, [7], 64, 64), null, CancellationToken.None).CopyTo(x, 0);
    }

    [Benchmark]
    public int Png() => PictureWriter.Png(picture, "a red apple").Length;

    [Benchmark]
    public int LanczosTwice() => Resampling.Resize(picture, 1024, 1024, ResampleFilter.Lanczos).Width;
}
