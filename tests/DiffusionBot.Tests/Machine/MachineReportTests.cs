using DiffusionBot.Engine;
using DiffusionBot.Machine;
using static DiffusionBot.Tests.Machine.SomeMachine;

namespace DiffusionBot.Tests.Machine;

public sealed class MachineReportTests
{
    private static MachineReport Report(MachineFacts facts, int models = 1) => new(facts, models, Language.English);

    private static Finding Only(MachineFacts facts, int models = 1) => Assert.Single(Report(facts, models).Findings);

    [Fact]
    public void A_sound_machine_draws_on_its_card_and_has_nothing_to_do()
    {
        var report = Report(With(Rtx3060));
        Assert.Empty(report.Findings);
        Assert.True(report.CanDraw);
        Assert.Equal([Rtx3060], report.Cards);
    }

    [Fact]
    public void Without_an_NVIDIA_card_it_draws_on_the_CPU_and_has_nothing_to_do()
    {
        var report = Report(WithoutCard);
        Assert.Empty(report.Findings);
        Assert.True(report.CanDraw);
        Assert.Empty(report.Cards);
    }

    [Fact]
    public void A_card_on_the_bus_without_a_driver_asks_for_the_driver()
    {
        var finding = Only(WithoutCard with { NvidiaCardOnBus = true });
        Assert.Equal(Weight.StopsTheCard, finding.Weight);
        Assert.Contains("no driver", finding.Found, StringComparison.Ordinal);
        Assert.Contains("580", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("550.144.03", false)]
    [InlineData("579.99", false)]
    [InlineData("580.65.06", true)]
    [InlineData("610.12", true)]
    [InlineData("", false)]
    public void CUDA_13_asks_for_driver_580(string version, bool enough)
    {
        var report = Report(With(Rtx3060) with { Nvidia = new NvidiaDriver(version, [Rtx3060]) });
        Assert.Equal(enough, report.Cards.Count == 1);
        if (enough) return;
        var finding = Assert.Single(report.Findings);
        Assert.Contains($"driver {version} is too old", finding.Found, StringComparison.Ordinal);
        Assert.Contains("Install driver 580 or newer", finding.Advice, StringComparison.Ordinal);
        Assert.True(report.CanDraw);
    }

    [Fact]
    public void A_card_but_no_cuDNN_names_the_file_and_the_package_that_brings_it()
    {
        var finding = Only(With(Rtx3060) with { CudaLibraries = Found(Platform.Linux, "libcudnn.so.9") });
        Assert.Equal(Weight.StopsTheCard, finding.Weight);
        Assert.StartsWith("libcudnn.so.9 (cuDNN 9) does not load", finding.Found, StringComparison.Ordinal);
        Assert.Contains("cudnn9-cuda-13", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("nvidia-cudnn-cu13", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void On_Windows_a_missing_CUDA_library_points_to_the_toolkits_own_folder()
    {
        var facts = With(Rtx3060) with { Platform = Platform.Windows, CudaLibraries = Found(Platform.Windows, "cublas64_13.dll") };
        var finding = Only(facts);
        Assert.Contains("cublas64_13.dll", finding.Found, StringComparison.Ordinal);
        Assert.Contains(@"bin\x64 on the PATH", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_missing_library_is_named()
    {
        var missing = CudaLibraries.For(Platform.Linux).Select(l => l.File).ToArray();
        var findings = Report(With(Rtx3060) with { CudaLibraries = Found(Platform.Linux, missing) }).Findings;
        Assert.Equal(missing, findings.Select(f => f.Found[..f.Found.IndexOf(' ', StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_build_without_the_CUDA_provider_says_how_to_build_one()
    {
        var finding = Only(With(Rtx3060) with { CudaProvider = false });
        Assert.Equal(Weight.StopsTheCard, finding.Weight);
        Assert.Contains("-p:Cuda=true", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6.1", "Linux", false)]
    [InlineData("7.0", "Linux", false)]
    [InlineData("7.5", "Linux", true)]
    [InlineData("8.6", "Windows", true)]
    [InlineData("8.9", "Linux", true)]
    [InlineData("9.0", "Linux", true)]
    [InlineData("9.0", "Windows", false)]
    [InlineData("10.0", "Linux", false)]
    [InlineData("12.0", "Windows", true)]
    [InlineData("12.1", "Linux", true)]
    public void Cards_run_what_the_provider_has_code_for(string capability, string platform, bool runs) =>
        Assert.Equal(runs, CudaLibraries.Run(Version.Parse(capability), Enum.Parse<Platform>(platform)));

    [Fact]
    public void A_card_before_Turing_is_told_so_and_not_asked_to_install_anything()
    {
        var pascal = Rtx3060 with { Name = "NVIDIA GeForce GTX 1080", Capability = new Version(6, 1) };
        var finding = Only(With(pascal) with { CudaProvider = false, CudaLibraries = Found(Platform.Linux, "libcudnn.so.9") });
        Assert.Contains("GTX 1080 has compute capability 6.1", finding.Found, StringComparison.Ordinal);
        Assert.Contains("Turing", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_card_beside_a_good_one_is_only_a_hint()
    {
        var report = Report(With(Rtx3060 with { Name = "Old", Capability = new Version(5, 2) }, Rtx3060));
        Assert.Equal([Rtx3060], report.Cards);
        Assert.Equal(Weight.Hint, Assert.Single(report.Findings).Weight);
    }

    [Fact]
    public void A_driver_that_does_not_answer_asks_for_a_restart()
    {
        var finding = Only(With() with { Nvidia = new NvidiaDriver("", [], "Driver/library version mismatch") });
        Assert.Contains("Driver/library version mismatch", finding.Found, StringComparison.Ordinal);
        Assert.Contains("Restart", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Little_memory_on_the_card_is_a_hint()
    {
        var small = Rtx3060 with { MemoryTotal = 2 * Gigabyte };
        var report = Report(With(small));
        Assert.Equal([small], report.Cards);
        Assert.Contains("2 GB", Assert.Single(report.Findings).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_that_is_sold_with_4_GB_tells_of_a_little_less_and_is_no_finding() =>
        Assert.Empty(Report(With(Rtx3060 with { MemoryTotal = 3904L << 20 })).Findings);

    [Fact]
    public void Without_a_model_nothing_can_be_drawn()
    {
        var report = Report(WithoutCard, models: 0);
        Assert.False(report.CanDraw);
        var finding = Assert.Single(report.Findings);
        Assert.Contains("/models", finding.Found, StringComparison.Ordinal);
        Assert.Contains(".safetensors", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_own_libraries_nothing_can_be_drawn()
    {
        var report = Report(WithoutCard with { OwnLibraries = [new("ONNX Runtime", "libstdc++.so.6: cannot open shared object file")] });
        Assert.False(report.CanDraw);
        Assert.Contains("libstdc++.so.6", Assert.Single(report.Findings).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Narrow_machines_get_hints_and_still_draw()
    {
        var report = Report(WithoutCard with { Avx2 = false, MemoryFree = Gigabyte / 2, DiskFree = Gigabyte });
        Assert.True(report.CanDraw);
        Assert.Equal(3, report.Findings.Count);
        Assert.All(report.Findings, f => Assert.Equal(Weight.Hint, f.Weight));
    }
}
