using DiffusionBot.Generation.Tests.Support;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Limits:MaxEdge", 4000, "MaxEdge")]
    [InlineData("Jobs:Parallel", 0, "Parallel")]
    [InlineData("Outbox:LeaseSeconds", 1, "LeaseSeconds")]
    [InlineData("Data:RetentionDays", -1, "RetentionDays")]
    public async Task A_setting_out_of_its_range_stops_the_start(string key, int value, string named)
    {
        using var data = new DataPlace();
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(async () =>
        {
            await using var host = GenerationHost.Build(data, new FakeEngine(), settings: [(key, value)]);
            await host.StartAsync();
        });
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }
}
