using System.Text;
using System.Text.Json;
using DiffusionBot.FakeWeChat;

namespace DiffusionBot.Chat.Tests.WeChat.Fake;

/// <summary>Calls the fake's API, each line by hand.</summary>
internal sealed class FakeApiClient(string apiBase, FakeAccount account) : IDisposable
{
    private readonly HttpClient client = new() { BaseAddress = new Uri($"{apiBase}/cgi-bin/") };

    public string Token { get; set; } = "";

    public async Task<(int Code, JsonElement Json)> StableTokenAsync(bool force = false)
    {
        var answer = await PostAsync("stable_token", $$"""{"grant_type":"client_credential","appid":"{{account.AppId}}","secret":"{{account.AppSecret}}","force_refresh":{{(force ? "true" : "false")}}}""");
        if (answer.Code == 0) Token = answer.Json.GetProperty("access_token").GetString()!;
        return answer;
    }

    public async Task<int> SendTextAsync(string openId, string text) =>
        (await PostAsync("message/custom/send", $$"""{"touser":"{{openId}}","msgtype":"text","text":{"content":"{{text}}"} }""")).Code;

    public async Task<int> TypeAsync(string openId, string command = "Typing") => (await PostAsync("message/custom/typing", $$"""{"touser":"{{openId}}","command":"{{command}}"}""")).Code;

    public async Task<(int Code, JsonElement Json)> UploadAsync(byte[] file, string disposition = "form-data; name=\"media\"; filename=\"p.jpg\"")
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: {disposition}\r\nContent-Type: image/jpeg\r\n\r\n"), .. file, .. "\r\n--b--\r\n"u8];
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return await ReadAsync(await client.PostAsync(new Uri($"media/upload?access_token={Token}&type=image", UriKind.Relative), content, TestContext.Current.CancellationToken));
    }

    public async Task<(int Code, JsonElement Json)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await ReadAsync(await client.PostAsync(new Uri($"{path}?access_token={Token}", UriKind.Relative), content, TestContext.Current.CancellationToken));
    }

    public Task<HttpResponseMessage> GetAsync(string pathAndQuery) => client.GetAsync(new Uri($"{pathAndQuery}&access_token={Token}", UriKind.Relative), TestContext.Current.CancellationToken);

    public void Dispose() => client.Dispose();

    private static async Task<(int Code, JsonElement Json)> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.Equal(200, (int)response.StatusCode);
            var json = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return (json.TryGetProperty("errcode", out var code) ? code.GetInt32() : 0, json);
        }
    }
}
