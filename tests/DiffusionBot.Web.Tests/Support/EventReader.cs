using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace DiffusionBot.Web.Tests.Support;

/// <summary>An event of the chat.</summary>
internal sealed record ChatEvent(string Name, string Data, string? Id)
{
    public Line? Line => Name == "line" ? Support.Line.Of(JsonDocument.Parse(Data).RootElement) : null;

    public JsonElement Json => JsonDocument.Parse(Data).RootElement;
}

/// <summary>Listens to the chat's events.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage answer;
    private readonly SseParser<string> parser;
    private readonly IAsyncEnumerator<SseItem<string>> events;

    private EventReader(HttpResponseMessage answer, Stream stream)
    {
        this.answer = answer;
        parser = SseParser.Create(stream);
        events = parser.EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    public static async Task<EventReader> OpenAsync(HttpClient client, string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return new EventReader(answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event; null where the stream ends.</summary>
    public async Task<ChatEvent?> NextAsync() => await events.MoveNextAsync().AsTask().WaitAsync(patience)
        ? new ChatEvent(events.Current.EventType, events.Current.Data, parser.LastEventId)
        : null;

    /// <summary>Reads on to an event of this kind.</summary>
    public async Task<ChatEvent> UntilAsync(Func<ChatEvent, bool> isIt)
    {
        // Pings go on for ever: what is waited for has to come within its time.
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < patience)
        {
            var next = await NextAsync() ?? throw new EndOfStreamException("The events ended.");
            if (isIt(next)) return next;
        }
        throw new TimeoutException($"What was waited for did not come within {patience.TotalSeconds} s.");
    }

    public ValueTask DisposeAsync()
    {
        answer.Dispose();   // the enumerator waits for bytes that do not come any more
        return ValueTask.CompletedTask;
    }
}
