using System.Net;
using DiffusionBot.Web.Tests.Support;

namespace DiffusionBot.Web.Tests.Http;

/// <summary>What a page hears while it is open, and after it was cut off.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task A_page_that_was_cut_off_hears_what_it_missed_and_nothing_twice()
    {
        var engine = new GatedEngine { IsGated = true };
        await using var host = await WebHost.StartAsync(engine);
        using var visitor = host.Visitor();
        var first = await visitor.SayAsync("a red apple");
        string? heard;
        await using (var events = await visitor.ListenAsync(0))
        {
            for (var i = 0; i < first.Count; i++) Assert.Equal(first[i].Id, (await events.UntilAsync(e => e.Name == "line")).Line!.Id);
            heard = first[^1].Id.ToString();
        }
        // Nobody listens while it is drawn.
        (await engine.NextAsync()).Finish();
        await visitor.SayAsync("help");
        await using var again = await visitor.ListenAsync(0, heard);
        var seen = new List<long>();
        while (seen.Count < 3)
        {
            var line = await again.UntilAsync(e => e.Name == "line");
            Assert.Equal(line.Line!.Id.ToString(), line.Id);
            seen.Add(line.Line.Id);
        }
        Assert.Equal(seen.Distinct(), seen);
        Assert.All(seen, id => Assert.True(id > first[^1].Id));
    }

    [Fact]
    public async Task Conversation_goes_on_where_it_was_after_a_restart()
    {
        var folder = WebHost.NewFolder();
        long last;
        string cookies;
        await using (var host = await WebHost.StartAsync(new GatedEngine(), folder))
        {
            using var visitor = host.Visitor();
            last = (await visitor.SayAsync("help"))[^1].Id;
            cookies = visitor.Cookies.GetCookieHeader(host.Address);
        }
        await using (var host = await WebHost.StartAsync(new GatedEngine(), folder))
        {
            using var visitor = host.Visitor();
            visitor.Cookies.SetCookies(host.Address, cookies.Replace("; ", ",", StringComparison.Ordinal));
            await using var events = await visitor.ListenAsync(last);
            await visitor.SayAsync("help");
            Assert.Contains("line mine", (await events.UntilAsync(e => e.Name == "line")).Line!.Html, StringComparison.Ordinal);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Progress_is_told_with_a_preview_until_it_ends()
    {
        var engine = new GatedEngine { IsGated = true };
        await using var host = await WebHost.StartAsync(engine);
        using var visitor = host.Visitor();
        await using var events = await visitor.ListenAsync(0);
        await visitor.SayAsync("a red apple --steps 20");
        var painting = await engine.NextAsync();
        await events.UntilAsync(e => e.Name == "progress");
        painting.Report(10);
        var news = (await events.UntilAsync(e => e.Name == "progress" && e.Json.GetProperty("fraction").GetDouble() > 0)).Json;
        Assert.Equal(0.5, news.GetProperty("fraction").GetDouble(), 3);
        Assert.Contains("Step 10 of 20", news.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("data:image/png;base64,", news.GetProperty("preview").GetString(), StringComparison.Ordinal);
        painting.Finish();
        var ended = await events.UntilAsync(e => e.Name == "progress" && e.Json.GetProperty("ended").GetBoolean());
        Assert.Equal(news.GetProperty("reference").GetString(), ended.Json.GetProperty("reference").GetString());
    }

    [Fact]
    public async Task Nobody_hears_another_visitors_lines_or_progress()
    {
        var engine = new GatedEngine { IsGated = true };
        await using var host = await WebHost.StartAsync(engine);
        using var one = host.Visitor();
        using var other = host.Visitor();
        await using var events = await other.ListenAsync(0);
        await one.SayAsync("a secret garden");
        var painting = await engine.NextAsync();
        painting.Report(1);
        await other.SayAsync("help");
        var heard = new List<ChatEvent>();
        do heard.Add(await events.UntilAsync(e => e.Name != "ping")); while (heard.Count(e => e.Name == "line") < 2);
        painting.Finish();
        Assert.All(heard, e => Assert.True(e.Name == "line" && !e.Data.Contains("secret", StringComparison.Ordinal), e.Data));
    }

    [Fact]
    public async Task What_waits_is_told_and_can_be_called_off()
    {
        var engine = new GatedEngine { IsGated = true };
        await using var host = await WebHost.StartAsync(engine);
        using var visitor = host.Visitor();
        await visitor.SayAsync("a first");
        var first = await engine.NextAsync();
        var said = await visitor.SayAsync("a second");
        await using var events = await visitor.ListenAsync(said[^1].Id);
        var news = (await events.UntilAsync(e => e.Name == "progress" && e.Json.GetProperty("text").GetString()!.Contains("next", StringComparison.Ordinal))).Json;
        await visitor.SayAsync($"cancel {news.GetProperty("code").GetString()}");
        var ended = await events.UntilAsync(e => e.Name == "progress" && e.Json.GetProperty("ended").GetBoolean());
        Assert.Equal(news.GetProperty("code").GetString(), ended.Json.GetProperty("code").GetString());
        first.Finish();
    }

    [Fact]
    public async Task A_visitor_holds_only_so_many_connections()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        await visitor.ReadAsync("/");
        var open = new List<EventReader>();
        for (var i = 0; i < 8; i++) open.Add(await visitor.ListenAsync(0));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/chat/events");
        using var refused = await visitor.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        using var other = host.Visitor();
        await using var others = await other.ListenAsync(0);
        foreach (var events in open) await events.DisposeAsync();
    }

    [Fact]
    public async Task A_stopping_host_does_not_wait_for_listeners()
    {
        var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        await using var events = await visitor.ListenAsync(0);
        await events.NextAsync();
        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        while (await events.NextAsync() is not null)
        {
            // What was on its way; then the end.
        }
    }
}
