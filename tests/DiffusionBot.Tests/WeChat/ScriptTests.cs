using System.Text;
using System.Text.RegularExpressions;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Imaging;
using DiffusionBot.Tests.Bot;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.WeChat;

/// <summary>Conversations with the whole host, as users of an account have them.</summary>
public sealed partial class ScriptTests(WeChatStage stage) : IClassFixture<WeChatStage>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("certified-plaintext")]
    [InlineData("certified-compatible")]
    [InlineData("certified-secure")]
    public async Task A_certified_account_answers_at_once_and_pushes_the_picture_and_then_its_text(string account)
    {
        Assert.True((await stage.Accounts[account].VerifyAsync(Cancel)).IsRight);
        var user = stage.NewUser(account);
        var welcome = Assert.IsType<SeenText>((await user.User.SubscribesAsync(cancel: Cancel)).Reply);
        Assert.Contains("你好，我会画画", welcome.Shown, StringComparison.Ordinal);
        Assert.Contains(welcome.Links, link => link.Href.Contains("preset%20", StringComparison.Ordinal));

        var accepted = await user.HearsAsync("画 红苹果，蓝色背景 --种子 7 --尺寸 256x256");
        var code = Code().Match(accepted.Text).Value;
        Assert.StartsWith("开始画了", accepted.Text, StringComparison.Ordinal);
        var picture = await user.SeesAsync<SeenPicture>();
        var text = await user.SeesAsync<SeenText>();
        Assert.StartsWith($"{code} · 256x256 · 种子 7 · ", text.Text, StringComparison.Ordinal);
        AssertMarked(picture.Bytes);
        var parameters = PictureText.Read(picture.Bytes).Parameters!;
        Assert.Contains("Seed: 7", parameters, StringComparison.Ordinal);
        Assert.Contains(parameters.Replace("<", "＜", StringComparison.Ordinal), text.Text, StringComparison.Ordinal);

        // The picture sent back has its parameters; WeChat's own copy of it has lost them, and is known by its looks.
        Assert.Contains(parameters, Assert.IsType<SeenText>((await user.User.SendsPictureAsync(picture.Bytes, cancel: Cancel)).Reply).Text, StringComparison.Ordinal);
        var bare = PictureWriter.Jpeg(PictureReader.Decode(picture.Bytes).Bitmap, 80, null);
        Assert.Contains(code, Assert.IsType<SeenText>((await user.User.SendsPictureAsync(bare, cancel: Cancel)).Reply).Text, StringComparison.Ordinal);

        await user.User.TapsLinkAsync("再来", Cancel);
        Assert.NotEqual(picture.Bytes, (await user.SeesAsync<SeenPicture>()).Bytes);
        await user.SeesAsync<SeenText>();

        Assert.Contains("hello-apple", Decoded(Assert.IsType<SeenText>((await user.User.TapsMenuAsync("预设", Cancel)).Reply)), StringComparison.Ordinal);
        await user.HearsAsync("预设 你好苹果 --步数 1");
        await user.SeesAsync<SeenPicture>();
        Assert.Contains("Steps: 1,", (await user.SeesAsync<SeenText>()).Text, StringComparison.Ordinal);
        Assert.Empty(stage.Platform.Violations);
    }

    [Theory]
    [InlineData("uncertified-plaintext")]
    [InlineData("uncertified-compatible")]
    [InlineData("uncertified-secure")]
    public async Task An_uncertified_account_answers_a_prompt_with_the_picture_that_is_done_in_time(string account)
    {
        Assert.True((await stage.Accounts[account].VerifyAsync(Cancel)).IsRight);
        var user = stage.NewUser(account);
        Assert.Contains("你好，我会画画", Assert.IsType<SeenText>((await user.User.SubscribesAsync(cancel: Cancel)).Reply).Shown, StringComparison.Ordinal);

        var card = Assert.IsType<SeenCard>(await user.SaysAsync("画 红苹果，蓝色背景 --种子 7"));
        var code = Code().Match(card.Title).Value;
        Assert.StartsWith($"{code} · 64x64 · 种子 7 · ", card.Title, StringComparison.Ordinal);
        Assert.Contains("红苹果", card.Description, StringComparison.Ordinal);
        AssertMarked(await stage.OpenAsync(card.PicUrl));
        Assert.Contains("Seed: 7", Encoding.UTF8.GetString(await stage.OpenAsync(card.Url)), StringComparison.Ordinal);

        var picture = await stage.OpenAsync($"{card.Url}.png");
        var parameters = PictureText.Read(picture).Parameters!;
        Assert.Contains(parameters, Assert.IsType<SeenText>((await user.User.SendsPictureAsync(picture, cancel: Cancel)).Reply).Text, StringComparison.Ordinal);

        Assert.NotEqual(card.Url, Assert.IsType<SeenCard>(await user.SaysAsync("再来")).Url);
        Assert.IsType<SeenCard>(await user.SaysAsync("预设 你好苹果 --步数 1"));
        // What was shown once is shown again when it is asked for by its code.
        Assert.Equal(card.Url, Assert.IsType<SeenCard>(await user.SaysAsync($"取 {code}")).Url);
        Assert.Equal("没有等你来取的图。", (await user.HearsAsync("取")).Text);
        Assert.Empty(stage.Platform.Violations);
    }

    [Fact]
    public async Task Four_pictures_are_four_messages_or_four_links()
    {
        var (certified, uncertified) = (stage.NewUser("certified-secure"), stage.NewUser("uncertified-secure"));
        await certified.HearsAsync("a red apple --count 4");
        for (var n = 0; n < 4; n++) await certified.SeesAsync<SeenPicture>();
        Assert.Contains(" · 64x64 · ", (await certified.SeesAsync<SeenText>()).Text, StringComparison.Ordinal);

        var text = Assert.IsType<SeenText>(await uncertified.SaysAsync("a red apple --count 4"));
        Assert.Equal(["图 1", "图 2", "图 3", "图 4"], text.Links.Take(4).Select(link => link.Text));
        foreach (var link in text.Links.Take(4)) Assert.NotEmpty(await stage.OpenAsync(link.Href));
    }

    [Fact]
    public async Task Who_wants_English_gets_it()
    {
        var user = stage.NewUser("certified-secure");
        await user.HearsAsync("设置 --语言 en");
        Assert.StartsWith("Drawing (", (await user.HearsAsync("a red apple")).Text, StringComparison.Ordinal);
        await user.SeesAsync<SeenPicture>();
        Assert.Contains(" · seed ", (await user.SeesAsync<SeenText>()).Text, StringComparison.Ordinal);
        Assert.Contains("I can make nothing of that", Assert.IsType<SeenText>((await user.User.SendsAsync("video", [("MediaId", "m")], Cancel)).Reply).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spoken_words_scanned_codes_and_what_cannot_be_read()
    {
        var user = stage.NewUser("certified-secure");
        Assert.StartsWith("开始画了", Assert.IsType<SeenText>((await user.User.SpeaksAsync("画红苹果。", Cancel)).Reply).Text, StringComparison.Ordinal);
        await user.SeesAsync<SeenPicture>();
        Assert.Contains("你好，我会画画", Assert.IsType<SeenText>((await user.User.ScansAsync("42", Cancel)).Reply).Text, StringComparison.Ordinal);
        Assert.Contains("排队", Assert.IsType<SeenText>((await user.User.ScansAsync("say 排队", Cancel)).Reply).Text, StringComparison.Ordinal);
        Assert.Contains("看不懂", Assert.IsType<SeenText>((await user.User.SpeaksAsync(cancel: Cancel)).Reply).Text, StringComparison.Ordinal);
        Assert.Contains("看不懂", Assert.IsType<SeenText>((await user.User.SendsAsync("location", [("Location_X", "23.1"), ("Location_Y", "113.3")], Cancel)).Reply).Text, StringComparison.Ordinal);
        Assert.Equal(Outcome.Nothing, (await user.User.ActsAsync("VIEW", [("EventKey", "https://draw.example/")], Cancel)).Outcome);
        Assert.Contains("参数", Assert.IsType<SeenText>((await user.User.SendsPictureAsync(PictureWriter.Png(new Bitmap(8, 8, 3, new byte[8 * 8 * 3]), null), cancel: Cancel)).Reply).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_may_not_be_pushed_comes_with_the_next_message()
    {
        var user = stage.NewUser("certified-compatible");
        // The window closes while it is drawn.
        stage.Platform.Fail("message/custom/send", 1, FakeWeChat.Api.Failure.Code(45047));
        await user.HearsAsync("a red apple");
        await stage.Platform.Calls.NextAsync(call => call.Path.EndsWith("custom/send", StringComparison.Ordinal) && call.Text.Contains(user.User.OpenId, StringComparison.Ordinal), Cancel);
        await UntilAsync(async () => (await stage.Bot.Services.GetRequiredService<Generation.Outbox.OutboxDoor>().CountAsync($"wechat:certified-compatible/{user.User.OpenId}", Cancel)) == 1);
        Assert.DoesNotContain(user.User.Seen, seen => seen is SeenPicture);
        await user.HearsAsync("排队");
        await user.SeesAsync<SeenPicture>();
        await user.SeesAsync<SeenText>();
    }

    private static string Decoded(SeenText text) => string.Join(' ', text.Links.Select(link => Uri.UnescapeDataString(link.Href)).Prepend(text.Text));

    /// <summary>As the law asks of pictures for the public there: words in a corner, and a field for programs.</summary>
    private static void AssertMarked(byte[] jpeg)
    {
        Assert.Equal(PictureFormat.Jpeg, PictureHeader.Read(jpeg).Format);
        Assert.Equal("1", AigcLabel.FromXmp(PictureXmp.Read(jpeg)!)!.Label);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo()) await Task.Delay(20, Cancel);
    }

    [GeneratedRegex("[A-Z0-9]{6}", RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
