using System.Text.RegularExpressions;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Pipelines;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests;

/// <summary>People read refusals in their language: what stands in one stands in the other.</summary>
public sealed partial class RefusalsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(RequestRulesCases))]
    public void A_number_out_of_range_is_told_in_Chinese_too(string chinese, ImageRequest request) =>
        Assert.Equal(chinese, Checked(Assert.Throws<InvalidRequestException>(() => RequestRules.Check(request))).Chinese);

    public static TheoryData<string, ImageRequest> RequestRulesCases => new()
    {
        { "步数是 0，应在 1 到 150 之间。", new() { Steps = 0 } },
        { "提示词引导系数是 31，应在 1 到 30 之间。", new() { CfgScale = 31 } },
        { "种子是 -2，应在 -1 到 9223372036854775807 之间。", new() { Seed = -2 } },
        { "CLIP 跳过层是 13，应在 1 到 12 之间。", new() { ClipSkip = 13 } },
        { "批次数是 101，应在 1 到 100 之间。", new() { BatchCount = 101 } },
        { "每批数量是 9，应在 1 到 8 之间。", new() { BatchSize = 9 } },
        { "Eta是 1.5，应在 0 到 1 之间。", new() { Sampling = new() { Eta = 1.5 } } },
        { "最小 sigma是 3，应在 0 到 2 之间。", new() { Sampling = new() { ScheduleMinSigma = 3 } } },
        { "最大 sigma是 1，应在 1.6 到 1000 之间。", new() { Sampling = new() { ScheduleMinSigma = 1.5, ScheduleMaxSigma = 1 } } },
        { "调度器 rho是 0.01，应在 0.1 到 100 之间。", new() { Sampling = new() { ScheduleRho = 0.01 } } },
        { "Beta 调度器 alpha是 0，应在 0.01 到 5 之间。", new() { Sampling = new() { BetaAlpha = 0 } } },
        { "UniPC 阶数是 0，应在 1 到 10 之间。", new() { Sampling = new() { UniPcOrder = 0 } } },
        { "宽度是 3000，应在 64 到 2048 之间。", new() { Width = 3000 } },
        { "高度是 63，应在 64 到 2048 之间。", new() { Height = 63 } },
        { "提示词长度是 20001，应在 0 到 20000 之间。", new() { Prompt = new string('x', 20_001) } },
        { "反向提示词长度是 20001，应在 0 到 20000 之间。", new() { NegativePrompt = new string('x', 20_001) } },
        { "种子是 9223372036854775807，一共 2 张图，最后一张的种子会超过 9223372036854775807。", new() { Seed = long.MaxValue, BatchCount = 2 } },
    };

    [Fact]
    public void An_unknown_sampler_or_schedule_is_told_in_Chinese_too()
    {
        Assert.Equal(
            "没有名为“Eular a”的采样器，最接近的是“Euler a”。可用的有：DPM++ 2M、DPM++ SDE、DPM++ 2M SDE、DPM++ 2M SDE Heun、DPM++ 2S a、DPM++ 3M SDE、Euler a、Euler、LMS、Heun、DPM2、DPM2 a、DPM fast、DPM adaptive、Restart、DDIM、DDIM CFG++、PLMS、UniPC、LCM。",
            Checked(Assert.Throws<InvalidRequestException>(() => SamplerTable.Find("Eular a"))).Chinese);
        Assert.StartsWith("没有名为“Karas”的调度器，最接近的是“Karras”。", Checked(Assert.Throws<InvalidRequestException>(() => SigmaSchedules.Find("Karas"))).Chinese, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_told_in_Chinese_too()
    {
        var index = new ModelIndex(new ModelIndexOptions { Folder = folder.Path }, TimeProvider.System);
        Assert.Equal($"{Path.Combine(folder.Path, "checkpoints")} 里没有模型，请放入一个 SD 1.x、SD 2.x 或 SDXL 的 .safetensors 文件。", await TextOf(() => index.DefaultCheckpointAsync(Cancel)));
        Assert.Equal("没有名为“blurry”的 VAE；现在一个 VAE 也没有。", await TextOf(() => index.FindVaeAsync("blurry", cancel: Cancel)));

        folder.Write("checkpoints/dreamshaper_8.safetensors", [1]);
        folder.Write("checkpoints/emoji.ckpt", [1]);
        Assert.Equal("没有名为“dreamshapr_8”的模型；最接近的有：dreamshaper_8；现有：dreamshaper_8、emoji。", await TextOf(() => index.FindCheckpointAsync("dreamshapr_8", Cancel)));
        Assert.Equal("没有写模型的名称；现有：dreamshaper_8、emoji。", await TextOf(() => index.FindCheckpointAsync(" ", Cancel)));
        Assert.StartsWith("现有的模型都不能用来绘图。模型文件有问题，无法使用：", await TextOf(() => index.DefaultCheckpointAsync(Cancel)), StringComparison.Ordinal);

        foreach (var n in Enumerable.Range(0, 12)) folder.Write($"checkpoints/{n:00}/same.safetensors", [1]);
        Assert.StartsWith("“same”对应不止一个模型：00/same.safetensors、01/same.safetensors、", await TextOf(() => index.FindCheckpointAsync("same", Cancel)), StringComparison.Ordinal);
        Assert.Contains(" 等 12 个；", await TextOf(() => index.FindCheckpointAsync("same", Cancel)), StringComparison.Ordinal);

        async Task<string> TextOf(Func<Task> find) => (await Assert.ThrowsAsync<InvalidRequestException>(find)).Text.Chinese;
    }

    [Fact]
    public void Memory_that_is_out_is_told_in_Chinese_too()
    {
        Checked(OutOfMemory.WhileLoading("UNet", new InvalidOperationException()));
        Checked(OutOfMemory.WhileRunning(new InvalidOperationException()));
    }

    [Fact]
    public void What_only_operators_mend_keeps_its_English_detail()
    {
        Assert.Equal(new LocalText("x: bad", "模型文件有问题，无法使用：x: bad"), new InvalidCheckpointException("x: bad").Text);
        Assert.Equal(new LocalText("x: bad", "这个文件不是可以用来绘图的模型：x: bad"), new UnknownCheckpointException("x: bad").Text);
        Assert.Equal(new LocalText("no", "绘图引擎无法工作：no"), new EngineException("no").Text);
        folder.Write("taggers/a.onnx", [1]);
        folder.Write("checkpoints/b.safetensors", Safetensors.Checkpoint("cond_stage_model.model.x", inputs: 5));
        var index = new ModelIndex(new ModelIndexOptions { Folder = folder.Path }, TimeProvider.System);
        var tagger = Assert.Single(index.Files(ModelKind.Tagger));
        Assert.False(tagger.IsReadable);
        Assert.EndsWith("a.onnx：.onnx 文件无法读取，请使用 .safetensors、.ckpt、.pt、.pth 或 .bin。", Checked(Assert.Throws<InvalidCheckpointException>(tagger.Open)).Chinese, StringComparison.Ordinal);
        var files = index.Files(ModelKind.Checkpoint);
        Assert.EndsWith("b.safetensors：还不支持 SD 2.x depth。", files[0].ProblemText!.Chinese, StringComparison.Ordinal);
        Assert.Contains("目前还不支持 SD 2.x depth；支持的系列：SD 1.x", Checked(Assert.Throws<UnknownCheckpointException>(() => ModelFamily.ToDraw(files[0].Open()))).Chinese, StringComparison.Ordinal);
    }

    /// <summary>The text, after a look at whether the message is its English, the Chinese is Chinese, and both hold the same numbers.</summary>
    private static LocalText Checked(EngineException refusal)
    {
        Assert.Equal(refusal.Text.English, refusal.Message);
        Assert.Contains(refusal.Text.Chinese, c => c is >= '\u4E00' and <= '\u9FFF');
        Assert.Equal(Numbers(refusal.Text.English), Numbers(refusal.Text.Chinese));
        return refusal.Text;

        static IEnumerable<string> Numbers(string text) => Digits().Matches(text).Select(m => m.Value).Order(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}
