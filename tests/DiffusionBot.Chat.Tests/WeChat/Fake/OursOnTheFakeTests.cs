using DiffusionBot.Chat.Fetching;
using DiffusionBot.Chat.Tests.WeChat.Api;
using DiffusionBot.Chat.Tests.WeChat.Endpoint;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Api;
using DiffusionBot.Chat.WeChat.Wire;
using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Api;
using DiffusionBot.FakeWeChat.Users;
using WireVector = DiffusionBot.Chat.Tests.WeChat.Wire.SignedPost;

namespace DiffusionBot.Chat.Tests.WeChat.Fake;

/// <summary>Our endpoint and our API client on the fake, which knows neither.</summary>
public sealed class OursOnTheFakeTests
{
    private const string Open = "oUser-1";

    private static readonly byte[] jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xd9];

    [Theory]
    [InlineData(FakeMode.Plaintext)]
    [InlineData(FakeMode.Compatible)]
    [InlineData(FakeMode.Secure)]
    public async Task Our_endpoint_talks_with_it(FakeMode mode)
    {
        await using var host = await EndpointHost.StartAsync();
        await using var platform = await FakeWeChatPlatform.StartAsync(clock: host.Clock, cancel: TestContext.Current.CancellationToken);
        var account = platform.AddAccount(new FakeAccount
        {
            Name = "main",
            AppId = WireVector.AppId,
            Token = WireVector.Token,
            EncodingAesKey = WireVector.Key,
            Mode = mode,
            Callback = new Uri(host.Address, $"/wechat/{mode}"),
        });
        Assert.True((await account.VerifyAsync()).IsRight);
        var user = account.User(Open);
        Assert.Equal("好的", Assert.IsType<SeenText>((await user.SaysAsync("一只猫 ]]> &amp; 🐱")).Reply).Text);
        host.Desk.Answer = (_, _) => Task.FromResult(new WeChatAnswer(new PassiveReply.News(new NewsArticle("画 ]]>", "好了", new Uri("https://d.example/p.jpg?a=1&b=2"), new Uri("https://d.example/1")))));
        var picture = await user.SendsPictureAsync(jpeg);
        Assert.Equal(("画 ]]>", "https://d.example/p.jpg?a=1&b=2"), picture.Reply is SeenCard card ? (card.Title, card.PicUrl) : default);
        host.Desk.Answer = (_, _) => Task.FromResult(WeChatAnswer.Success);
        Assert.Equal(Outcome.Nothing, (await user.SubscribesAsync("7")).Outcome);
        await user.SpeaksAsync("画猫");
        Assert.Equal(["一只猫 ]]> &amp; 🐱", null, null, null], host.Desk.Calls.Select(call => call.Message.Content));
        Assert.Equal(["text", "image", "event", "voice"], host.Desk.Calls.Select(call => call.Message.MsgType));
        Assert.Equal([null, null, "qrscene_7", null], host.Desk.Calls.Select(call => call.Message.EventKey));
        Assert.Empty(platform.Violations);
        Assert.Empty(host.Log.Warnings);
    }

    [Fact]
    public async Task Our_client_calls_it()
    {
        await using var bot = await StubBot.StartAsync(account: new FakeAccount { Name = "main", AppId = ApiBench.NewAccount().AppId, AppSecret = ApiBench.Secret });
        var options = new WeChatOptions { ApiHosts = { bot.Platform.ApiBase }, PictureHosts = { bot.Platform.ApiBase["http://".Length..] } };
        var ours = ApiBench.NewAccount();
        ours.Menu.Add(new WeChatButtonOptions { Name = "画", Say = "猫" });
        using var bench = new ApiBench(account: ours, options: options, network: Network.NewHandler());
        var (user, cancel) = (bot.Account.User(Open), TestContext.Current.CancellationToken);
        await bench.Api.PrepareAsync(cancel);
        Assert.Equal(new WeChatRights(true, true, true), bench.Api.Rights);
        Assert.NotNull(bot.Account.Menu);
        var sent = System.Xml.Linq.XElement.Parse((await user.SendsPictureAsync([.. jpeg, 1], jpeg)).Message);
        Assert.Equal([.. jpeg, 1], (await bench.Api.GetMediaAsync(sent.Element("MediaId")!.Value, cancel)).Bytes.ToArray());
        Assert.Equal(jpeg, (await bench.Api.GetPictureAsync(sent.Element("PicUrl")!.Value, cancel)).Bytes.ToArray());
        await bench.Api.ShowTypingAsync(Open, cancel);
        await bench.Api.SendTextAsync(Open, "画好了 \"🐱\"\n\\", cancel);
        bot.Account.ExpireTokens();
        bot.Platform.Fail("media/upload", 1, Failure.Code(-1));
        await bench.Api.SendImageAsync(Open, await bench.Api.UploadImageAsync(jpeg, "猫.jpg", cancel), cancel);
        Assert.Equal("画好了 \"🐱\"\n\\", Assert.IsType<SeenText>(user.Seen[0]).Text);
        Assert.Equal(jpeg, Assert.IsType<SeenPicture>(user.Seen[1]).Bytes);
        Assert.Equal([true, false], user.Typing.All.Select(typing => typing.IsOn));
        bot.Account.Lacks.Add("message/custom/send");
        Assert.Equal(48001, (await bench.FailsAsync(api => api.SendTextAsync(Open, "x", cancel))).Code);
        Assert.False(bench.Api.Rights.CustomerService);
    }
}
