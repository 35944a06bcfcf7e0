using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.Tests.Bot;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.WeChat;

/// <summary>The whole host with the shipped model, a stand-in for WeChat's platform, and an account of each kind in each mode.</summary>
public sealed class WeChatStage : IAsyncLifetime
{
    /// <summary>Where the host says that its pages are.</summary>
    private const string PublicUrl = "https://draw.example/";

    private FakeWeChatPlatform? platform;
    private TestBot? bot;

    /// <summary>More settings of the host.</summary>
    internal string[] With { get; init; } = [];

    /// <summary>More services of the host.</summary>
    internal Action<IServiceCollection>? More { get; init; }

    /// <summary>More patient than WeChat, by default: the machine that tests run on may have much else to do, and what is tested here is no speed.</summary>
    internal FakePlatformOptions Options { get; init; } = new() { Patience = TimeSpan.FromSeconds(20) };

    internal FakeWeChatPlatform Platform => platform!;

    internal TestBot Bot => bot!;

    /// <summary>By their names: `certified-secure`.</summary>
    internal Dictionary<string, FakeAccount> Accounts { get; } = [];

    public async ValueTask InitializeAsync()
    {
        platform = await FakeWeChatPlatform.StartAsync(Options, cancel: TestContext.Current.CancellationToken);
        var settings = new List<string>
        {
            $"Web:PublicUrl={PublicUrl}", $"WeChat:ApiHosts:0={platform.ApiBase}", $"WeChat:PictureHosts:0={new Uri(platform.ApiBase).Authority}",
            "Labels:Places:wechat:Visible=true", "Labels:Places:wechat:Xmp=true",
            "Places:wechat:Defaults:steps=1", "Places:wechat:Defaults:size=64x64", "Places:wechat:Defaults:sampler=Euler",
        };
        foreach (var mode in Enum.GetValues<FakeMode>())
        {
            foreach (var isCertified in new[] { true, false })
            {
                var account = platform.AddAccount(new FakeAccount { Name = $"{(isCertified ? "certified" : "uncertified")}-{mode.ToString().ToLowerInvariant()}", Mode = mode, IsCertified = isCertified });
                Accounts.Add(account.Name, account);
                var section = $"WeChat:Accounts:{account.Name}";
                settings.AddRange([$"{section}:Token={account.Token}", $"{section}:Mode={mode}", $"{section}:EncodingAesKey={account.EncodingAesKey}", $"{section}:AppId={account.AppId}"]);
                settings.AddRange(isCertified ? [$"{section}:AppSecret={account.AppSecret}", $"{section}:Menu:0:Name=预设", $"{section}:Menu:0:Say=预设"] : [$"{section}:Kind=Uncertified"]);
            }
        }
        bot = new TestBot { With = [.. settings, .. With], More = More };
        await bot.InitializeAsync();
        foreach (var account in Accounts.Values) account.Callback = new Uri(bot.Address, $"/wechat/{account.Name}");
    }

    public async ValueTask DisposeAsync()
    {
        if (bot is not null) await bot.DisposeAsync();
        if (platform is not null) await platform.DisposeAsync();
    }

    /// <summary>What stands behind a link or a picture's address that somebody was shown.</summary>
    internal async Task<byte[]> OpenAsync(string address)
    {
        Assert.StartsWith(PublicUrl, address, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = Bot.Address };
        return await client.GetByteArrayAsync(address[(PublicUrl.Length - 1)..], TestContext.Current.CancellationToken);
    }

    /// <summary>Somebody whom nobody else in the test is, with what they see; waiting ends after a minute.</summary>
    internal Somebody NewUser(string account) => new(Accounts[account].User($"o{Guid.NewGuid():N}"));

    internal sealed record Somebody(FakeUser User)
    {
        /// <summary>Says something; what is answered at once.</summary>
        public async Task<Seen?> SaysAsync(string text) => (await User.SaysAsync(text, TestContext.Current.CancellationToken)).Reply;

        /// <summary>Says something that is answered with a text.</summary>
        public async Task<SeenText> HearsAsync(string text) => Assert.IsType<SeenText>(await SaysAsync(text));

        /// <summary>The next thing that is pushed.</summary>
        public async Task<T> SeesAsync<T>() where T : Seen
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromMinutes(1));
            return await User.SeesAsync<T>(seen => !seen.IsReply, patience.Token);
        }
    }
}
