using System.Net;
using DiffusionBot.FakeWeChat.Api;
using DiffusionBot.FakeWeChat.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.FakeWeChat;

/// <summary>WeChat's platform on 127.0.0.1: users' messages go out to accounts' callbacks, and accounts call its API.</summary>
public sealed class FakeWeChatPlatform : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<FakeAccount> accounts = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly WebApplication server;
    private long lastMsgId;

    private FakeWeChatPlatform(FakePlatformOptions options, TimeProvider clock, WebApplication server)
    {
        (Options, Clock, this.server) = (options, clock, server);
        Poster = new Poster(options, clock);
        Pictures = new PictureServer(this);
        // 64 bits, more than a double has, and others after a restart.
        lastMsgId = clock.GetUtcNow().ToUnixTimeMilliseconds() << 20;
    }

    /// <summary>Without a slash at its end: what stands instead of https://api.weixin.qq.com.</summary>
    public string ApiBase { get; private set; } = "";

    /// <summary>The platform's clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>How it behaves.</summary>
    public FakePlatformOptions Options { get; }

    /// <summary>All calls of the API.</summary>
    public Feed<ApiCall> Calls { get; } = new();

    /// <summary>Answers to messages that WeChat would not take, each with what was wrong.</summary>
    public IReadOnlyList<string> Violations => ViolationFeed.All;

    internal Feed<string> ViolationFeed { get; } = new();

    internal Faults Faults { get; } = new();

    internal Poster Poster { get; }

    internal PictureServer Pictures { get; }

    internal CancellationToken Stopping => stopping.Token;

    /// <summary>Starts one.</summary>
    /// <param name="options">Null: as WeChat.</param>
    /// <param name="clock">Null: the system's.</param>
    /// <param name="cancel">Ends the start.</param>
    public static async Task<FakeWeChatPlatform> StartAsync(FakePlatformOptions? options = null, TimeProvider? clock = null, CancellationToken cancel = default)
    {
        options ??= new FakePlatformOptions();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Limits.MaxRequestBodySize = ApiServer.MostBytes;
        });
        var server = builder.Build();
        var platform = new FakeWeChatPlatform(options, clock ?? TimeProvider.System, server);
        var api = new ApiServer(platform);
        server.Run(api.AnswerAsync);
        await server.StartAsync(cancel);
        platform.ApiBase = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return platform;
    }

    /// <summary>Registers an account, whose app id no other has.</summary>
    /// <returns>The same.</returns>
    public FakeAccount AddAccount(FakeAccount account)
    {
        lock (gate)
        {
            if (accounts.Any(a => a.AppId == account.AppId)) throw new ArgumentException($"Another account has the app id {account.AppId}.", nameof(account));
            account.Attach(this);
            accounts.Add(account);
            return account;
        }
    }

    /// <summary>Lets the next calls fail.</summary>
    /// <param name="path">Below /cgi-bin/, as message/custom/send; "mmbiz" for what is behind PicUrl.</param>
    /// <param name="times">How many.</param>
    /// <param name="how">In which way.</param>
    /// <param name="afterDoing">The call takes effect; only its answer is lost.</param>
    public void Fail(string path, int times, Failure how, bool afterDoing = false) => Faults.Add(path, times, how, afterDoing);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await server.DisposeAsync();
        Poster.Dispose();
        stopping.Dispose();
    }

    internal FakeAccount? Account(Func<FakeAccount, bool> wanted)
    {
        lock (gate) return accounts.Find(account => wanted(account));
    }

    internal string NewMsgId() => Interlocked.Increment(ref lastMsgId).ToString();

    internal void Violate(string what) => ViolationFeed.Add(what);
}
