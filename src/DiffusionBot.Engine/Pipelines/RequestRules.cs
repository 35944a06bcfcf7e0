namespace DiffusionBot.Engine.Pipelines;

/// <summary>The ranges of a request's numbers, with words for whoever is outside them.</summary>
internal static class RequestRules
{
    private const int LongestPrompt = 20_000;
    private const int LeastEdge = 64;
    private const int MostEdge = 2048;
    private const long MostSourcePixels = 32 << 20;
    private const double MostSourceRatio = 64;

    /// <exception cref="InvalidRequestException">The first value that is out of its range.</exception>
    public static void Check(ImageRequest request)
    {
        Within(new("Steps", "步数"), request.Steps, 1, 150);
        Within(new("CFG scale", "提示词引导系数"), request.CfgScale, 1, 30);
        Within(new("Seed", "种子"), request.Seed, -1, long.MaxValue);
        Within(new("Variation seed", "变异随机种子"), request.VariationSeed, -1, long.MaxValue);
        Within(new("Variation seed strength", "变异强度"), request.VariationStrength, 0, 1);
        Check(request.SeedResizeWidth > 0 ? request.SeedResizeWidth : LeastEdge, request.SeedResizeHeight > 0 ? request.SeedResizeHeight : LeastEdge);
        Within(new("Clip skip", "CLIP 跳过层"), request.ClipSkip, 1, 12);
        Within(new("Batch count", "批次数"), request.BatchCount, 1, 100);
        Within(new("Batch size", "每批数量"), request.BatchSize, 1, 8);
        Check(request.Width ?? LeastEdge, request.Height ?? LeastEdge);
        Check(request.Sampling);
        Within(new("The prompt's length", "提示词长度"), request.Prompt.Length, 0, LongestPrompt);
        Within(new("The negative prompt's length", "反向提示词长度"), request.NegativePrompt.Length, 0, LongestPrompt);
        if (request.Hires is { } hires) Check(hires);
        if (request.Init is { } init) Check(init);
        Within(new("Refiner switch at", "Refiner 切换时机"), request.RefinerSwitchAt, 0, 1);
        // The last image's seed must be a seed too.
        var images = request.BatchCount * request.BatchSize;
        CheckLast(new("Seed", "种子"), request.Seed, images);
        CheckLast(new("Variation seed", "变异随机种子"), request.VariationSeed, images);
    }

    private static void CheckLast(LocalText what, long seed, int images)
    {
        if (seed <= long.MaxValue - (images - 1)) return;
        throw new InvalidRequestException(new(
            $"{what.English} is {seed}; with {images} images the last one's would be beyond {long.MaxValue}.",
            $"{what.Chinese}是 {seed}，一共 {images} 张图，最后一张的种子会超过 {long.MaxValue}。"));
    }

    private static void Check(HiresFix hires)
    {
        Within(new("Hires upscale", "高清修复倍数"), hires.Scale, 1, 4);
        if (hires.CfgScale is { } cfg) Within(new("Hires CFG scale", "高清修复的提示词引导系数"), cfg, 1, 30);
        Within(new("Hires steps", "高清修复步数"), hires.Steps, 0, 150);
        Within(new("Denoising strength", "重绘幅度"), hires.DenoisingStrength, 0, 1);
        Check(hires.Width ?? LeastEdge, hires.Height ?? LeastEdge);
        Within(new("The hires prompt's length", "高清修复提示词长度"), hires.Prompt?.Length ?? 0, 0, LongestPrompt);
        Within(new("The hires negative prompt's length", "高清修复反向提示词长度"), hires.NegativePrompt?.Length ?? 0, 0, LongestPrompt);
    }

    private static void Check(InitImage init)
    {
        Within(new("Denoising strength", "重绘幅度"), init.DenoisingStrength, 0, 1);
        Within(new("Noise multiplier", "噪声倍率"), init.NoiseMultiplier, 0, 1.5);
        Within(new("Extra noise", "额外噪声"), init.ExtraNoise, 0, 1);
        if (init.Picture is { } picture) CheckSource(new("The picture's size in pixels", "原图像素数"), picture);
        if (init.Inpaint is not { } inpaint) return;
        Within(new("Mask blur", "蒙版边缘模糊度"), inpaint.MaskBlur, 0, 64);
        Within(new("Masked area padding", "仅蒙版区域下边缘预留像素"), inpaint.Padding, 0, 256);
        if (inpaint.Mask is { } mask) CheckSource(new("The mask's size in pixels", "蒙版像素数"), mask);
    }

    private static void CheckSource(LocalText what, Imaging.Bitmap picture)
    {
        Within(what, (long)picture.Width * picture.Height, 1, MostSourcePixels);
        // Of a strip nothing is left at another size.
        Within(new("The picture's longer edge over its shorter one", "图片长边与短边之比"), (double)Math.Max(picture.Width, picture.Height) / Math.Min(picture.Width, picture.Height), 1, MostSourceRatio);
    }

    /// <exception cref="InvalidRequestException">An edge that is out of its range.</exception>
    public static void Check(int width, int height)
    {
        Within(new("Width", "宽度"), width, LeastEdge, MostEdge);
        Within(new("Height", "高度"), height, LeastEdge, MostEdge);
    }

    /// <exception cref="InvalidRequestException">The first of a sampler's settings that is out of its range.</exception>
    private static void Check(SamplingSettings sampling)
    {
        Within(new("Eta", "Eta"), sampling.Eta, 0, 1);
        Within(new("Eta DDIM", "Eta DDIM"), sampling.EtaDdim, 0, 1);
        Within(new("Sigma churn", "Sigma churn"), sampling.SigmaChurn, 0, 100);
        Within(new("Sigma tmin", "Sigma tmin"), sampling.SigmaTmin, 0, 10);
        Within(new("Sigma tmax", "Sigma tmax"), sampling.SigmaTmax, 0, 999);
        Within(new("Sigma noise", "Sigma noise"), sampling.SigmaNoise, 0, 1.1);
        Within(new("Schedule min sigma", "最小 sigma"), sampling.ScheduleMinSigma, 0, 2);
        // Zero leaves them to the schedule; next to zero a power or a logarithm has no end.
        if (sampling.ScheduleMaxSigma != 0) Within(new("Schedule max sigma", "最大 sigma"), sampling.ScheduleMaxSigma, Math.Max(0.1, sampling.ScheduleMinSigma + 0.1), 1000);
        if (sampling.ScheduleRho != 0) Within(new("Schedule rho", "调度器 rho"), sampling.ScheduleRho, 0.1, 100);
        Within(new("Beta schedule alpha", "Beta 调度器 alpha"), sampling.BetaAlpha, 0.01, 5);
        Within(new("Beta schedule beta", "Beta 调度器 beta"), sampling.BetaBeta, 0.01, 5);
        Within(new("NGMS", "NGMS"), sampling.NegativeGuidanceMinimumSigma, 0, 15);
        Within(new("UniPC order", "UniPC 阶数"), sampling.UniPcOrder, 1, 10);
    }

    /// <exception cref="InvalidRequestException">A value is out of its range.</exception>
    public static void Within<T>(LocalText what, T value, T least, T most) where T : System.Numerics.INumber<T>
    {
        if (!(value >= least && value <= most))
            throw new InvalidRequestException(new($"{what.English} is {value}; expected {least} to {most}.", $"{what.Chinese}是 {value}，应在 {least} 到 {most} 之间。"));
    }
}
