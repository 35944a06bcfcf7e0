using System.Net;
using DiffusionBot.Chat.Discord;
using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Tests.Discord.Rest;

/// <summary>Attachments: from where Discord keeps them, and nothing else.</summary>
public sealed class FileTests
{
    private static readonly byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_original_comes_as_long_as_its_address_is_good()
    {
        await using var bench = await RestBench.StartAsync();
        using var files = new DiscordFiles(Options.Create(bench.Settings), bench.Clock);
        var message = bench.User.Says(bench.Channel, "", null, ("猫 1.png", png));
        var url = (await bench.SendAsync(DiscordRoute.GetMessage(bench.Channel.Id, message.Id))).GetProperty("attachments")[0].GetProperty("url").GetString()!;
        var picture = await files.GetAsync(url, Cancel);
        Assert.Equal(png, picture.Bytes.ToArray());
        Assert.Equal("猫 1.png", picture.FileName);
        Assert.Equal(404, (await bench.FailsAsync(() => files.GetAsync(url[..^1] + (url[^1] == '0' ? '1' : '0'), Cancel))).Status);
        bench.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(404, (await bench.FailsAsync(() => files.GetAsync(url, Cancel))).Status);
    }

    [Theory]
    [InlineData("http://cdn.discordapp.com/a.png")]
    [InlineData("https://cdn.discordapp.com.evil.example/a.png")]
    [InlineData("https://evil.example/cdn.discordapp.com")]
    [InlineData("https://user@cdn.discordapp.com/a.png")]
    [InlineData("https://cdn.discordapp.com:8443/a.png")]
    [InlineData("https://127.0.0.1/a.png")]
    [InlineData("https://mmbiz.qpic.cn/a.png")]
    [InlineData("http://mmbiz.qpic.cn/a.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/attachments/a.png")]
    [InlineData("")]
    public async Task No_other_host_is_asked(string url)
    {
        using var files = Files(_ => throw new InvalidOperationException("It was asked."));
        Assert.Equal(0, (await Assert.ThrowsAsync<DiscordException>(() => files.GetAsync(url, Cancel))).Status);
    }

    [Fact]
    public async Task Redirects_large_files_and_other_things_are_refused_and_signatures_told_nobody()
    {
        HttpResponseMessage answer = new(HttpStatusCode.Found) { Headers = { Location = new Uri("http://169.254.169.254/") } };
        using var files = Files(_ => answer);
        async Task<string> FailAsync() => (await Assert.ThrowsAsync<DiscordException>(() => files.GetAsync("https://cdn.discordapp.com/a/b.png?ex=1&is=2&hm=secret-signature", Cancel))).ToString();
        var errors = new List<string> { await FailAsync() };
        answer = new(HttpStatusCode.OK) { Content = new ByteArrayContent([.. png, .. new byte[10_000]]) };
        errors.Add(await FailAsync());
        answer = new(HttpStatusCode.OK) { Content = new StringContent("<html>") };
        errors.Add(await FailAsync());
        Assert.Contains("302", errors[0], StringComparison.Ordinal);
        Assert.Contains("more than 10000 bytes", errors[1], StringComparison.Ordinal);
        Assert.Contains("expected a PNG", errors[2], StringComparison.Ordinal);
        Assert.All(errors, error => Assert.DoesNotContain("secret-signature", error, StringComparison.Ordinal));
    }

    private static DiscordFiles Files(Func<HttpRequestMessage, HttpResponseMessage> answer) => new(Options.Create(new DiscordOptions { LargestPicture = 10_000 }), new PassingClock(), new Script(answer));

    private sealed class Script(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
