using System.Text.RegularExpressions;
using DiffusionBot.Cli;
using DiffusionBot.Engine;
using DiffusionBot.Machine;
using static DiffusionBot.Tests.Machine.SomeMachine;

namespace DiffusionBot.Tests.Cli;

public sealed partial class DoctorTests
{
    private static readonly ModelLine Emoji = new("emoji-3d", "SD 1.x", "4a44d18e42");

    [Fact]
    public void A_report_is_this_text()
    {
        var facts = With(Rtx3060) with { CudaLibraries = Found(Platform.Linux, "libcudnn.so.9") };
        Assert.Equal(
        [
            "System    Ubuntu 24.04 LTS, x64",
            "CPU       Some CPU, 8 threads, AVX2",
            "Memory    32 GB, free 20 GB",
            "GPU       NVIDIA GeForce RTX 3060, 12 GB, free 11 GB, compute capability 8.6, driver 580.95.05",
            "Models    1, /models, free on its disk 100 GB",
            "          emoji-3d  SD 1.x  4a44d18e42",
            "",
            "It draws on the CPU.",
            "",
            "1. libcudnn.so.9 (cuDNN 9) does not load: libcudnn.so.9 is nowhere to be found.",
            "   -> Install cudnn9-cuda-13 from NVIDIA's CUDA repository (apt), or the wheel nvidia-cudnn-cu13 and add its folder to LD_LIBRARY_PATH.",
        ], new DoctorReport(facts, [Emoji], Language.English).Lines);
    }

    [Fact]
    public void The_same_report_in_Chinese()
    {
        var lines = new DoctorReport(With(Rtx3060), [Emoji], Language.Chinese).Lines;
        Assert.Equal("处理器    Some CPU, 8 线程, AVX2", lines[1]);
        Assert.Equal("可以用 NVIDIA GeForce RTX 3060 绘图。", lines[^1]);
    }

    [Fact]
    public void Every_finding_stands_in_both_languages_with_the_same_names_in_it()
    {
        MachineFacts[] machines =
        [
            WithoutCard with { NvidiaCardOnBus = true, Avx2 = false, MemoryFree = 1, DiskFree = 1, OwnLibraries = [new("libvips", "gone")] },
            WithoutCard with { MemoryTotal = 4 * Gigabyte, MemoryFree = 2 * Gigabyte },
            With() with { Nvidia = new NvidiaDriver("", [], "broken") },
            With(),
            With(Rtx3060 with { MemoryTotal = Gigabyte }) with { Nvidia = new NvidiaDriver("550.1", [Rtx3060 with { MemoryTotal = Gigabyte }]), CudaProvider = false,
                CudaLibraries = Found(Platform.Linux, [.. CudaLibraries.For(Platform.Linux).Select(l => l.File)]) },
            With(Rtx3060) with { Platform = Platform.Windows, OwnLibraries = [new("ONNX Runtime", "gone")], Nvidia = new NvidiaDriver("551.1", [Rtx3060]),
                CudaLibraries = Found(Platform.Windows, [.. CudaLibraries.For(Platform.Windows).Select(l => l.File)]) },
            With(Rtx3060 with { Capability = new Version(6, 1) }),
            With(Rtx3060 with { Capability = new Version(10, 0) }),
        ];
        foreach (var facts in machines)
        {
            var english = new MachineReport(facts, 0, Language.English).Findings;
            var chinese = new MachineReport(facts, 0, Language.Chinese).Findings;
            Assert.NotEmpty(english);
            Assert.Equal(english.Select(f => f.Weight), chinese.Select(f => f.Weight));
            foreach (var (en, zh) in english.Zip(chinese))
            {
                foreach (var (ours, theirs) in new[] { (en.Found, zh.Found), (en.Advice, zh.Advice) })
                {
                    Assert.Matches(Han(), theirs);
                    Assert.DoesNotMatch(Han(), ours);
                    Assert.Equal(Numbers(ours), Numbers(theirs));
                }
            }
        }
    }

    [Theory]
    [InlineData("en", "System ", "The engine's device here: cpu.")]
    [InlineData("zh", "系统 ", "引擎在这里使用的设备：cpu。")]
    public async Task The_command_writes_the_report_and_ends_with_0_where_it_can_draw(string language, string start, string device)
    {
        using var shell = new Shell();
        var run = await shell.RunAsync("doctor", "--device", "cpu", "--lang", language);
        Assert.Equal(0, run.Code);
        Assert.StartsWith(start, run.Out, StringComparison.Ordinal);
        Assert.Contains("emoji-3d  SD 1.x", run.Out, StringComparison.Ordinal);
        Assert.Contains(device, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_ends_with_1_where_nothing_can_be_drawn_and_asks_the_folder_named()
    {
        using var shell = new Shell();
        Directory.CreateDirectory(shell.At("mine"));
        var run = await shell.RunAsync("doctor", "--models", "mine", "--lang", "en");
        Assert.Equal(1, run.Code);
        Assert.Contains($"There is no model in {shell.At("mine")}.", run.Out, StringComparison.Ordinal);
    }

    /// <summary>The figures of a text, in any order: words move between languages.</summary>
    private static IEnumerable<string> Numbers(string text) => Figure().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("[\u4e00-\u9fff]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Han();

    [GeneratedRegex(@"\d+(\.\d+)*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Figure();
}
