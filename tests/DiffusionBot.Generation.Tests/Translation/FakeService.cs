using System.Net;
using System.Text;
using System.Text.Json;

namespace DiffusionBot.Generation.Tests.Translation;

/// <summary>A translation service in place of the network: notes what it was asked, and answers as told.</summary>
internal sealed class FakeService : HttpMessageHandler
{
    private readonly Queue<Func<string, CancellationToken, Task<HttpResponseMessage>>> answers = new();

    public List<(Uri Uri, string? Authorization, JsonElement Body)> Asked { get; } = [];

    /// <summary>The next answer: a text made from the prompt that was sent.</summary>
    public FakeService Answers(Func<string, string> answer) => Replies(prompt =>
        JsonSerializer.Serialize(new { choices = new[] { new { message = new { role = "assistant", content = answer(prompt) } } } }));

    /// <summary>The next reply, to the byte.</summary>
    public FakeService Replies(Func<string, string> body, HttpStatusCode status = HttpStatusCode.OK)
    {
        answers.Enqueue((prompt, _) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body(prompt), Encoding.UTF8, "application/json") }));
        return this;
    }

    /// <summary>No reply until the one who asks gives up.</summary>
    public FakeService Hangs(Action isAsked)
    {
        answers.Enqueue(async (_, cancel) =>
        {
            var given = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancel.Register(() => given.TrySetCanceled(cancel));
            isAsked();
            return await given.Task;
        });
        return this;
    }

    public FakeService Fails()
    {
        answers.Enqueue((_, _) => throw new HttpRequestException("connection refused"));
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken)).RootElement;
        Asked.Add((request.RequestUri!, request.Headers.Authorization?.ToString(), body));
        return await answers.Dequeue()(body.GetProperty("messages")[1].GetProperty("content").GetString()!, cancellationToken);
    }
}

/// <summary>A clock that stands still until it is told to go on; timers fire then.</summary>
internal sealed class StoppedClock : TimeProvider
{
    private readonly List<Timer> timers = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan time)
    {
        now += time;
        foreach (var timer in timers.Where(t => t.Due <= now).ToArray())
        {
            timers.Remove(timer);
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(StoppedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.timers.Remove(this);
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            Due = clock.now + dueTime;
            clock.timers.Add(this);
            return true;
        }

        public void Dispose() => clock.timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
