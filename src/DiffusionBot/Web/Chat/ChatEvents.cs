using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Guards;
using DiffusionBot.Web.Visitors;

namespace DiffusionBot.Web.Chat;

/// <summary>
/// What happens in a conversation while its page is open, as server-sent events: `line` with a place in the conversation, from which a browser goes on after
/// whatever interruption; `progress` of what is waiting or being drawn; `ping` so that the connection is not taken for dead.
/// </summary>
internal static class ChatEvents
{
    private const int LinesAtOnce = 100;

    /// <summary>How often to look for what other hosts wrote.</summary>
    private static readonly TimeSpan looks = TimeSpan.FromSeconds(2);

    /// <summary>How many looks without anything to tell make a ping.</summary>
    private const int QuietLooks = 8;

    public static IResult Stream(Visitor visitor, HttpContext context, OpenPages pages, IHostApplicationLifetime host)
    {
        if (!pages.TryOpen(visitor.Id, out var page))
            throw new WebRefusal(StatusCodes.Status429TooManyRequests, new("Too many pages are open.", "打开的页面太多了。"));
        context.Response.RegisterForDispose(page);
        var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        context.Response.RegisterForDispose(ends);
        // Proxies that buffer would keep it all back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(EventsAsync(visitor, context.RequestServices, After(context.Request), ends.Token));
    }

    private static long After(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], out var last) || long.TryParse(request.Query["after"], out last) ? Math.Max(last, 0) : 0;

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        Visitor visitor, IServiceProvider services, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var conversation = services.GetRequiredService<Conversation>();
        var standings = new ProgressNews(visitor, services.GetRequiredService<RequestQueue>(), services.GetRequiredService<TimeProvider>());
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var lines = services.GetRequiredService<Transcript>().Watch(who =>
        {
            if (who != visitor.Id) return;
            standings.LookAgain();
            wake.Writer.TryWrite(true);
        });
        using var signs = services.GetRequiredService<ProgressFeed>().Watch(sign =>
        {
            if (sign.UserId == visitor.Id && standings.Note(sign)) wake.Writer.TryWrite(true);
        });
        await using var timer = services.GetRequiredService<TimeProvider>().CreateTimer(_ => wake.Writer.TryWrite(true), null, looks, looks);

        // The first word at once: until something comes, a browser does not know that it is connected.
        yield return new SseItem<string>("", "ping") { ReconnectionInterval = TimeSpan.FromSeconds(1) };
        wake.Writer.TryWrite(true);
        var shown = new ShownLines(after);
        var (last, quiet) = (after, 0);
        while (await NextAsync(wake.Reader, () => GatherAsync(visitor, services, conversation, shown, standings, cancel), cancel) is { } news)
        {
            foreach (var line in news.Lines)
                yield return new SseItem<string>(JsonSerializer.Serialize(line, JsonSerializerOptions.Web), "line") { EventId = (last = Math.Max(last, line.Id)).ToString() };
            foreach (var request in news.Requests) yield return new SseItem<string>(JsonSerializer.Serialize(request, JsonSerializerOptions.Web), "progress");
            quiet = news.Lines.Count + news.Requests.Count > 0 ? 0 : quiet + 1;
            if (quiet < QuietLooks) continue;
            quiet = 0;
            yield return new SseItem<string>("", "ping");
        }
    }

    private static async Task<News> GatherAsync(
        Visitor visitor, IServiceProvider services, Conversation conversation, ShownLines shown, ProgressNews standings, CancellationToken cancel) => new(
            await BubbleHtml.RenderAsync(services, visitor.Frame, await shown.NewAsync(conversation, visitor.Id, LinesAtOnce, cancel)), await standings.TakeAsync(cancel));

    /// <summary>What there is to tell after the next occasion; null where the page or the program is closed, which is no error.</summary>
    private static async Task<News?> NextAsync(ChannelReader<bool> wake, Func<Task<News>> gather, CancellationToken cancel)
    {
        try
        {
            await wake.ReadAsync(cancel);
            return await gather();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record News(IReadOnlyList<BubbleHtml> Lines, IReadOnlyList<RequestNews> Requests);
}
