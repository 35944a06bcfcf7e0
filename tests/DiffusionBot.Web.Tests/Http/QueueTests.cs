using System.Net;
using DiffusionBot.Web.Tests.Support;

namespace DiffusionBot.Web.Tests.Http;

/// <summary>Everybody sees how much waits; nobody sees what others asked for.</summary>
public sealed class QueueTests
{
    [Fact]
    public async Task Others_requests_are_a_place_in_the_queue_and_no_more()
    {
        var engine = new GatedEngine { IsGated = true };
        await using var host = await WebHost.StartAsync(engine);
        using var one = host.Visitor();
        using var other = host.Visitor();
        await one.SayAsync("a secret garden");
        var first = await engine.NextAsync();
        await other.SayAsync("a blue boat");

        var seen = await other.ReadAsync("/queue");
        Assert.Contains("a blue boat", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", seen, StringComparison.Ordinal);
        Assert.Contains("being drawn", seen, StringComparison.Ordinal);

        var request = Html.Find(await one.ReadAsync("/queue"), "name=\"request\" value=\"([^\"]+)\"");
        using var foreign = await other.PostAsync("/queue/cancel", "/queue", ("request", request));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        var own = Html.Find(seen, "name=\"request\" value=\"([^\"]+)\"");
        using var cancelled = await other.PostAsync("/queue/cancel", "/queue", ("request", own));
        Assert.DoesNotContain("a blue boat", await other.ReadAsync("/queue"), StringComparison.Ordinal);
        Assert.Contains("secret", await one.ReadAsync("/queue"), StringComparison.Ordinal);
        first.Finish();
    }
}
