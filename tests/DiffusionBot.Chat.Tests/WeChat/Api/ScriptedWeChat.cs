using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>Answers by path, in turn; the last answer of a path is given again and again. What was asked is kept.</summary>
internal sealed class ScriptedWeChat : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Queue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>>> scripts = new(StringComparer.Ordinal);

    public ScriptedWeChat() => On("stable_token", Json("""{"access_token":"TOKEN-ONE-1","expires_in":7200}"""));

    /// <summary>Path, query and body of each request.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = [];

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Ok { get; } = Json("""{"errcode":0,"errmsg":"ok"}""");

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Json(string text) => Bytes(Encoding.UTF8.GetBytes(text), "application/json");

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Code(int code, string text = "no rid: 123") => Json($$"""{"errcode":{{code}},"errmsg":"{{text}}"}""");

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Status(int status) => (_, _) => Task.FromResult(new HttpResponseMessage((HttpStatusCode)status));

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Refused => (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Bytes(byte[] bytes, string type) => (_, _) => Task.FromResult(
        new HttpResponseMessage { Content = new ByteArrayContent(bytes) { Headers = { { "Content-Type", type } } } });

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Body(Stream body, string type = "application/json") => (_, _) => Task.FromResult(
        new HttpResponseMessage { Content = new StreamContent(body) { Headers = { { "Content-Type", type } } } });

    /// <summary>Never answers; its patience is over as soon as it is asked.</summary>
    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Silent(EagerClock clock) => async (_, cancel) =>
    {
        ThreadPool.QueueUserWorkItem(_ => clock.Advance(TimeSpan.FromSeconds(30)));
        await Task.Delay(Timeout.Infinite, cancel);
        throw new InvalidOperationException("It was cancelled.");
    };

    public ScriptedWeChat On(string path, params Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>[] answers)
    {
        scripts[path] = new(answers);
        return this;
    }

    public Asked[] To(string path) => [.. Requests.Where(r => r.Path == path)];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        var path = uri.AbsolutePath.Replace("/cgi-bin/", "", StringComparison.Ordinal);
        Requests.Enqueue(new Asked(uri.Host, path, uri.Query, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken)));
        Assert.True(scripts.TryGetValue(path, out var answers), $"{path} was asked, and nothing is scripted.");
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer;
        lock (answers) answer = answers.Count > 1 ? answers.Dequeue() : answers.Peek();
        return await answer(request, cancellationToken);
    }
}

/// <summary>What was asked.</summary>
internal sealed record Asked(string Host, string Path, string Query, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
