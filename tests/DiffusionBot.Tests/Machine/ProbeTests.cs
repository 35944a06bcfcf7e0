using DiffusionBot.Machine;

namespace DiffusionBot.Tests.Machine;

public sealed class ProbeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("probe-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void This_machine_can_be_looked_at()
    {
        var facts = MachineProbe.Gather(folder);
        Assert.NotEmpty(facts.Cpu);
        Assert.DoesNotContain(facts.Cpu, char.IsControl);
        Assert.NotEmpty(facts.System);
        Assert.InRange(facts.Threads, 1, 4096);
        Assert.InRange(facts.MemoryTotal, 1L << 28, 1L << 46);
        Assert.InRange(facts.MemoryFree, 1, facts.MemoryTotal);
        Assert.True(facts.DiskFree > 0);
        Assert.All(facts.OwnLibraries, l => Assert.Null(l.Error));
    }

    [Fact]
    public void A_models_folder_that_is_not_there_has_no_disk() =>
        Assert.Null(MachineProbe.Gather(Path.Combine(folder, "absent")).DiskFree);

    [Theory]
    [InlineData(null, null, 24L << 20, 20L << 20)]
    [InlineData("max", "1048576", 24L << 20, 20L << 20)]
    [InlineData("8388608", "2097152", 8L << 20, 6L << 20)]
    [InlineData("23068672", "1048576", 22L << 20, 20L << 20)]
    [InlineData("999999999999", "0", 24L << 20, 20L << 20)]
    [InlineData("8388608", "9000000", 8L << 20, 0)]
    public void A_containers_limit_counts_where_it_is_less(string? limit, string? used, long total, long free) =>
        Assert.Equal((total, free), MemoryProbe.FromLinux("MemTotal:       24576 kB\nMemFree:  1 kB\nMemAvailable:   20480 kB\n", limit, used));

    [Theory]
    [InlineData("0x10de", "0x030000", true)]
    [InlineData("0x10de", "0x030200", true)]
    [InlineData("0x10de", "0x040300", false)]
    [InlineData("0x1002", "0x030000", false)]
    public void A_card_on_the_bus_is_an_NVIDIA_display_controller(string vendor, string kind, bool card)
    {
        var device = Directory.CreateDirectory(Path.Combine(folder, "0000:01:00.0")).FullName;
        File.WriteAllText(Path.Combine(device, "vendor"), vendor + "\n");
        File.WriteAllText(Path.Combine(device, "class"), kind + "\n");
        Assert.Equal(card, MachineProbe.CardOnBus(folder));
    }

    [Fact]
    public void Every_CUDA_library_is_found_or_told_why_not()
    {
        var platform = MachineProbe.PlatformHere();
        var found = CudaLibraries.Load(platform);
        Assert.Equal(CudaLibraries.For(platform), found.Select(l => l.Library));
        Assert.All(found, l => Assert.NotEqual("", l.Error));
    }

    [Theory]
    [InlineData(null, null, "zh_CN.UTF-8", null, "Chinese")]
    [InlineData(null, null, "en_US.UTF-8", "zh-CN", "English")]
    [InlineData("C", null, "zh_CN.UTF-8", null, "English")]
    [InlineData("", "zh_TW", "en_US", null, "Chinese")]
    [InlineData(null, null, null, "zh-CN", "Chinese")]
    [InlineData(null, null, null, null, "English")]
    public void The_language_is_the_systems(string? all, string? messages, string? lang, string? system, string expected)
    {
        var variables = new Dictionary<string, string?> { ["LC_ALL"] = all, ["LC_MESSAGES"] = messages, ["LANG"] = lang };
        Assert.Equal(expected, ReportLanguages.Of(variables.GetValueOrDefault, system).ToString());
    }
}
