using System.Net;
using System.Text.Json;

namespace DiffusionBot.Web.Tests.Support;

/// <summary>A browser as far as HTTP goes: cookies, forms, no scripts.</summary>
internal sealed class WebVisitor : IDisposable
{
    private readonly HttpClient client;

    public WebVisitor(Uri address, string language)
    {
        client = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Add("Accept-Language", language);
    }

    public CookieContainer Cookies { get; } = new();

    public HttpClient Client => client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(path, Cancel);

    /// <summary>A page that is there.</summary>
    public async Task<string> ReadAsync(string path)
    {
        using var answer = await GetAsync(path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    /// <summary>What a form of a page has to bring along.</summary>
    public async Task<string> TokenAsync(string page = "/")
    {
        using var answer = await GetAsync(page);
        var token = Html.Find(await answer.Content.ReadAsStringAsync(Cancel), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"");
        Assert.True(token.Length > 0, $"{page} has no form.");
        return token;
    }

    /// <summary>Sends a form from a page.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string page, params (string Name, string Value)[] fields)
    {
        var form = fields.Append(("__RequestVerificationToken", await TokenAsync(page))).Select(f => KeyValuePair.Create(f.Item1, f.Item2));
        using var content = new FormUrlEncodedContent(form);
        return await client.PostAsync(path, content, Cancel);
    }

    /// <summary>Says something as the page's script does.</summary>
    public async Task<HttpResponseMessage> SendAsync(string text, byte[]? picture = null, string? id = null, long after = 0, long? replyTo = null)
    {
        var token = await TokenAsync();
        using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent(text), "text" }, { new StringContent($"{after}"), "after" } };
        if (id is not null) form.Add(new StringContent(id), "id");
        if (replyTo is not null) form.Add(new StringContent($"{replyTo}"), "replyTo");
        if (picture is not null) form.Add(new ByteArrayContent(picture), "pictures", "picture.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/chat/messages") { Content = form };
        request.Headers.Add("Accept", "application/json");
        return await client.SendAsync(request, Cancel);
    }

    /// <summary>Says something; the lines that the page does not have.</summary>
    public async Task<IReadOnlyList<Line>> SayAsync(string text, byte[]? picture = null, string? id = null, long after = 0, long? replyTo = null)
    {
        using var answer = await SendAsync(text, picture, id, after, replyTo);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {body}");
        return [.. JsonDocument.Parse(body).RootElement.GetProperty("lines").EnumerateArray().Select(Line.Of)];
    }

    /// <summary>Says what is drawn and waits for it: the line with the picture.</summary>
    public async Task<Line> DrawAsync(string text)
    {
        var said = await SayAsync(text);
        await using var events = await ListenAsync(said[^1].Id);
        return (await events.UntilAsync(e => e.Name == "line" && e.Line!.Html.Contains("/p/", StringComparison.Ordinal))).Line!;
    }

    public Task<EventReader> ListenAsync(long after, string? lastEventId = null) => EventReader.OpenAsync(client, $"/chat/events?after={after}", lastEventId);

    public void Dispose() => client.Dispose();
}

/// <summary>A line of the conversation as scripts get it.</summary>
internal sealed record Line(long Id, string Html)
{
    public static Line Of(JsonElement json) => new(json.GetProperty("id").GetInt64(), json.GetProperty("html").GetString()!);

    /// <summary>The token of its first picture.</summary>
    public string Token => Support.Html.Find(Html, "/p/([A-Za-z0-9_-]{22})");

    /// <summary>What its button says, if pressed.</summary>
    public string Words(string verb) => Support.Html.Find(Html, $"value=\"({verb} [^\"]+)\"");
}
