using System.Text.Json;

namespace DiffusionBot.Tests.Cli;

public sealed class BenchTests
{
    [Fact]
    public async Task Says_how_long_whole_pictures_take_stage_by_stage()
    {
        using var shell = new Shell();
        var run = await shell.RunAsync("bench", "--size", "64x64", "--steps", "2", "--runs", "3", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var bench = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(("emoji-3d", "4a44d18e42", "cpu", "64x64", 2, 3), (
            bench.GetProperty("model").GetString(), bench.GetProperty("hash").GetString(), bench.GetProperty("device").GetString(),
            bench.GetProperty("size").GetString(), bench.GetProperty("steps").GetInt32(), bench.GetProperty("runs").GetInt32()));
        double Warm(string which, string stage) => bench.GetProperty("warm").GetProperty(which).GetProperty(stage).GetDouble();
        foreach (var stage in new[] { "text", "sampling", "decode", "native", "total" })
        {
            Assert.True(Warm("min", stage) > 0, stage);
            Assert.InRange(Warm("median", stage), Warm("min", stage), Warm("max", stage));
        }
        Assert.True(bench.GetProperty("cold").GetProperty("load").GetDouble() > Warm("max", "load"), "A warm picture loads nothing.");
        Assert.InRange(bench.GetProperty("outsideRuntimeShare").GetDouble(), 0, 1);
        Assert.True(bench.GetProperty("peakResidentMb").GetDouble() > 50);
    }

    [Fact]
    public async Task No_runs_are_wrong_usage()
    {
        using var shell = new Shell();
        Assert.Equal(2, (await shell.RunAsync("bench", "--runs", "0")).Code);
    }
}
