using System.Net;
using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Api;
using DiffusionBot.FakeWeChat.Users;

namespace DiffusionBot.Chat.Tests.WeChat.Fake;

/// <summary>The fake's API: tokens, windows, quotas, media, menu, and failing on demand.</summary>
public sealed class FakeApiTests
{
    private const string Open = "oUser1", Send = "message/custom/send";

    private static readonly byte[] jpeg = [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

    [Fact]
    public async Task A_message_allows_five_pushes_in_48_hours()
    {
        await using var bot = await SignedInAsync();
        Assert.Equal(40003, await bot.Api.SendTextAsync(Open, "x"));
        var user = bot.Account.User(Open);
        Assert.Equal(45015, await bot.Api.SendTextAsync(Open, "x"));
        await user.SaysAsync("hi");
        await EachAsync([0, 0, 0, 0, 0, 45047], () => bot.Api.SendTextAsync(Open, "x"));
        await user.SaysAsync("hi");
        bot.Clock.Advance(TimeSpan.FromHours(48) - TimeSpan.FromSeconds(1));
        await bot.Api.StableTokenAsync();
        Assert.Equal(0, await bot.Api.SendTextAsync(Open, "x"));
        bot.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(45015, await bot.Api.SendTextAsync(Open, "x"));
        Assert.Equal(6, bot.Account.Pushes.All.Count);
    }

    [Fact]
    public async Task An_action_allows_three_in_a_minute_and_leaving_ends_it()
    {
        await using var bot = await SignedInAsync();
        var user = bot.Account.User(Open);
        await user.TapsMenuAsync("draw");
        await EachAsync([0, 0, 0, 45047], () => bot.Api.SendTextAsync(Open, "x"));
        await user.SubscribesAsync("s");
        bot.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(45015, await bot.Api.SendTextAsync(Open, "x"));
        await user.SaysAsync("hi");
        await user.UnsubscribesAsync();
        Assert.Equal(45015, await bot.Api.SendTextAsync(Open, "x"));
    }

    [Fact]
    public async Task Typing_needs_an_exchange_is_on_once_and_ends_with_a_push()
    {
        await using var bot = await SignedInAsync();
        var user = bot.Account.User(Open);
        Assert.Equal(45080, await bot.Api.TypeAsync(Open));
        await user.SaysAsync("hi");
        await EachAsync([0, 45081], () => bot.Api.TypeAsync(Open));
        await bot.Api.SendTextAsync(Open, "x");
        Assert.Equal([true, false], user.Typing.All.Select(typing => typing.IsOn));
        Assert.Equal(0, await bot.Api.TypeAsync(Open));
        bot.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0, await bot.Api.TypeAsync(Open));
        bot.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(45080, await bot.Api.TypeAsync(Open));
    }

    [Fact]
    public async Task The_stable_token_stays_until_it_is_old_or_forced()
    {
        await using var bot = await SignedInAsync();
        var first = bot.Api.Token;
        bot.Clock.Advance(TimeSpan.FromSeconds(6899));
        Assert.Equal(301, (await bot.Api.StableTokenAsync()).Json.GetProperty("expires_in").GetInt32());
        Assert.Equal(first, bot.Api.Token);
        bot.Clock.Advance(TimeSpan.FromSeconds(1));
        await bot.Api.StableTokenAsync();
        Assert.NotEqual(first, bot.Api.Token);
        Assert.Equal(0, (await bot.Api.StableTokenAsync(force: true)).Code);
        Assert.Equal(45011, (await bot.Api.StableTokenAsync(force: true)).Code);
        bot.Api.Token = first;
        Assert.Equal(45015, await SendsAsync(bot));   // it is good until its end
        bot.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(42001, await SendsAsync(bot));
    }

    [Fact]
    public async Task Tokens_are_refused_each_for_its_reason()
    {
        await using var bot = await SignedInAsync();
        var first = bot.Api.Token;
        await bot.Api.StableTokenAsync(force: true);
        bot.Api.Token = first;
        Assert.Equal(40001, await SendsAsync(bot));
        bot.Api.Token = "";
        Assert.Equal(41001, await SendsAsync(bot));
        bot.Api.Token = "short";
        Assert.Equal(40014, await SendsAsync(bot));
        await bot.Api.StableTokenAsync();
        bot.Account.ExpireTokens();
        Assert.Equal(42001, await SendsAsync(bot));
        await bot.Api.StableTokenAsync();
        Assert.Equal(45015, await SendsAsync(bot));
    }

    [Fact]
    public async Task Force_ends_after_20_a_day_in_beijing()
    {
        await using var bot = await SignedInAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(0, (await bot.Api.StableTokenAsync(force: true)).Code);
            bot.Clock.Advance(TimeSpan.FromSeconds(30));
        }
        Assert.Equal(45009, (await bot.Api.StableTokenAsync(force: true)).Code);
        bot.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(0, (await bot.Api.StableTokenAsync(force: true)).Code);
    }

    [Fact]
    public async Task The_other_token_overlaps_for_five_minutes()
    {
        await using var bot = await StubBot.StartAsync();
        bot.Account.User(Open);
        var first = await NextAsync();
        await NextAsync();
        bot.Api.Token = first;
        Assert.Equal(45015, await bot.Api.SendTextAsync(Open, "x"));
        bot.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(40001, await bot.Api.SendTextAsync(Open, "x"));

        async Task<string> NextAsync()
        {
            using var answer = await bot.Api.GetAsync($"token?grant_type=client_credential&appid={bot.Account.AppId}&secret={bot.Account.AppSecret}");
            return System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("access_token").GetString()!;
        }
    }

    [Fact]
    public async Task Rights_limits_and_forms_are_refused_with_their_codes()
    {
        await using var bot = await SignedInAsync();
        await bot.Account.User(Open).SaysAsync("hi");
        Assert.Equal(45002, await bot.Api.SendTextAsync(Open, new string('x', 2049)));
        Assert.Equal(40033, await bot.Api.SendTextAsync(Open, "\\u732b"));
        Assert.Equal(0, await bot.Api.SendTextAsync(Open, "\\\\u732b"));
        Assert.Equal(47001, (await bot.Api.PostAsync(Send, "{")).Code);
        Assert.Equal(40007, (await bot.Api.PostAsync(Send, $$"""{"touser":"{{Open}}","msgtype":"image","image":{"media_id":"none"} }""")).Code);
        Assert.Equal(45008, (await bot.Api.PostAsync(Send, $$"""{"touser":"{{Open}}","msgtype":"news","news":{"articles":[{},{}]} }""")).Code);
        Assert.Equal(40018, (await bot.Api.PostAsync("menu/create", """{"button":[{"type":"click","name":"一二三四五六","key":"k"}]}""")).Code);
        Assert.Equal(0, (await bot.Api.PostAsync("menu/create", """{"button":[{"type":"click","name":"一二三四五","key":"k"}]}""")).Code);
        bot.Account.DailyLimits[Send] = 0;
        Assert.Equal(45009, await bot.Api.SendTextAsync(Open, "x"));
        bot.Account.Lacks.Add(Send);
        var (code, json) = await bot.Api.PostAsync(Send, "{}");
        Assert.Equal(48001, code);
        Assert.StartsWith("api unauthorized rid: ", json.GetProperty("errmsg").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uploads_want_a_plain_name_and_a_picture_and_last_three_days()
    {
        await using var bot = await SignedInAsync();
        await bot.Account.User(Open).SaysAsync("hi");
        Assert.Equal(41005, (await bot.Api.UploadAsync(jpeg, "form-data; name=media; filename=p.jpg; filename*=utf-8''p.jpg")).Code);
        Assert.Equal(40005, (await bot.Api.UploadAsync("hello"u8.ToArray())).Code);
        Assert.Equal(40009, (await bot.Api.UploadAsync([.. jpeg, .. new byte[2 << 20]])).Code);
        var (code, json) = await bot.Api.UploadAsync(jpeg);
        Assert.Equal((0, "image"), (code, json.GetProperty("type").GetString()));
        var push = $$"""{"touser":"{{Open}}","msgtype":"image","image":{"media_id":"{{json.GetProperty("media_id").GetString()}}"} }""";
        Assert.Equal(0, (await bot.Api.PostAsync(Send, push)).Code);
        Assert.Equal(jpeg, (await bot.Account.User(Open).SeesAsync<SeenPicture>(cancel: TestContext.Current.CancellationToken)).Bytes);
        bot.Clock.Advance(TimeSpan.FromDays(3));
        await bot.Api.StableTokenAsync();
        Assert.Equal(40007, (await bot.Api.PostAsync(Send, push)).Code);
    }

    [Fact]
    public async Task Pictures_of_users_are_served_with_and_without_token()
    {
        await using var bot = await SignedInAsync();
        var sent = System.Xml.Linq.XElement.Parse((await bot.Account.User(Open).SendsPictureAsync([.. jpeg, 9], jpeg)).Message);
        using var original = await bot.Api.GetAsync($"media/get?media_id={sent.Element("MediaId")!.Value}");
        Assert.Equal([.. jpeg, 9], await original.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/jpeg", original.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(original.Content.Headers.ContentDisposition?.FileName);
        using var client = new HttpClient();
        Assert.Equal(jpeg, await client.GetByteArrayAsync(new Uri(sent.Element("PicUrl")!.Value)));
        using var none = await bot.Api.GetAsync("media/get?media_id=none");
        Assert.Contains("40007", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failing_on_demand_comes_before_or_after_the_deed()
    {
        await using var bot = await SignedInAsync();
        var user = bot.Account.User(Open);
        await user.SaysAsync("hi");
        bot.Platform.Fail(Send, 1, Failure.Code(-1));
        bot.Platform.Fail(Send, 1, Failure.Drop, afterDoing: true);
        Assert.Equal(-1, await bot.Api.SendTextAsync(Open, "one"));
        await Assert.ThrowsAsync<HttpRequestException>(() => bot.Api.SendTextAsync(Open, "two"));
        Assert.Equal(0, await bot.Api.SendTextAsync(Open, "three"));
        Assert.Equal(["two", "three"], user.Seen.Cast<SeenText>().Select(seen => seen.Text));
        Assert.Equal([null, 0, 0], bot.Platform.Calls.All.Where(call => call.Path == Send).Select(call => call.Code));
        Assert.All(bot.Platform.Calls.All, call => Assert.Equal("stub", call.Account));
        bot.Platform.Fail(Send, 1, Failure.Status(502));
        using var answer = await bot.Api.GetAsync($"{Send}?");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    private static async Task<StubBot> SignedInAsync()
    {
        var bot = await StubBot.StartAsync();
        Assert.Equal(0, (await bot.Api.StableTokenAsync()).Code);
        return bot;
    }

    private static Task<int> SendsAsync(StubBot bot)
    {
        bot.Account.User(Open);
        return bot.Api.SendTextAsync(Open, "x");
    }

    private static async Task EachAsync(int[] codes, Func<Task<int>> call)
    {
        foreach (var code in codes) Assert.Equal(code, await call());
    }
}
