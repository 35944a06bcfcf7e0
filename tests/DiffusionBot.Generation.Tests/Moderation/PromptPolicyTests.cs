using DiffusionBot.Generation.Moderation;
using DiffusionBot.Imaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Tests.Moderation;

public sealed class PromptPolicyTests
{
    private static PromptPolicy Policy(params (string Key, string Value)[] settings) => Services(settings).GetRequiredService<PromptPolicy>();

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Moderation:" + s.Key, (string?)s.Value))).Build())
        .AddModeration().BuildServiceProvider();

    [Theory]
    [InlineData("a bloody knife")]
    [InlineData("grapefruit")]
    [InlineData("血色夕阳")]
    [InlineData("new-york")]
    public void Parts_of_Latin_words_are_not_blocked(string prompt) =>
        Assert.Equal(PolicyVerdict.Allowed, Policy(("BlockedWords:0", "blood"), ("BlockedWords:1", "grape"), ("BlockedWords:2", "血腥"), ("BlockedWords:3", "new york city")).Check("web", prompt, ""));

    [Theory]
    [InlineData("Blood on the floor")]
    [InlineData("a pool of (blood:1.4)")]
    [InlineData("b.l.o.o.d")]
    [InlineData("ｂｌｏｏｄ")]
    [InlineData("画blood红")]
    [InlineData("blood_splatter")]
    [InlineData("2blood")]
    [InlineData("非常血腥的画面")]
    [InlineData("血 腥")]
    [InlineData("(血:1.2)腥")]
    [InlineData("New  York, City")]
    [InlineData("bl[ue sky:ood:0.5]")]
    [InlineData("a [bl|x][x|y|ood]")]
    [InlineData("a cat AND [a dog:[bl:b:3]ood:2]:0.5")]
    public void Blocked_words_are_found_however_written(string prompt) =>
        Assert.Equal(PolicyVerdict.Blocked, Policy(("BlockedWords:0", "blood"), ("BlockedWords:1", "血腥"), ("BlockedWords:2", "new york city")).Check("web", prompt, ""));

    [Fact]
    public void A_negative_prompt_may_have_blocked_words() =>
        Assert.Equal(PolicyVerdict.Allowed, Policy(("BlockedWords:0", "blood")).Check("web", "a cat", "blood"));

    [Fact]
    public void A_place_has_words_of_its_own()
    {
        var policy = Policy(("Places:wechat:BlockedWords:0", "dragon"));
        Assert.Equal(PolicyVerdict.Blocked, policy.Check("WeChat", "a dragon", ""));
        Assert.Equal(PolicyVerdict.Allowed, policy.Check("web", "a dragon", ""));
    }

    [Fact]
    public void Some_words_only_cover_a_picture()
    {
        var policy = Policy(("SpoilerWords:0", "blood"), ("Places:discord:SpoilerWords:0", "蜘蛛"));
        Assert.Equal(PolicyVerdict.Allowed, policy.Check("discord", "a pool of (blood:1.4), 蜘蛛", ""));
        Assert.True(policy.WantsSpoiler("web", "a pool of (BLOOD:1.4)"));
        Assert.False(policy.WantsSpoiler("web", "a bloody knife, 蜘蛛"));
        Assert.True(policy.WantsSpoiler("Discord", "一只蜘蛛"));
        Assert.False(Policy(("BlockedWords:0", "blood")).WantsSpoiler("web", "blood"));
    }

    [Fact]
    public void Words_set_while_running_replace_each_other_and_none_of_the_options()
    {
        var policy = Policy(("BlockedWords:0", "blood"));
        policy.SetRuntimeWords(["dragon", "", "...", new string('x', 1000)]);
        Assert.Equal(PolicyVerdict.Blocked, policy.Check("web", "a dragon", ""));
        policy.SetRuntimeWords(["龙"]);
        Assert.Equal(PolicyVerdict.Allowed, policy.Check("web", "a dragon", ""));
        Assert.Equal(PolicyVerdict.Blocked, policy.Check("web", "一條龍", ""));
        Assert.Equal(PolicyVerdict.Blocked, policy.Check("web", "blood", ""));
    }

    [Fact]
    public void The_policys_negative_prompt_is_added_once()
    {
        var policy = Policy(("NegativePrompt", "nsfw, (gore, blood:1.3)"), ("Places:wechat:NegativePrompt", "weapon, nsfw"));
        Assert.Equal("nsfw, (gore, blood:1.3)", policy.NegativeFor("web", ""));
        Assert.Equal("blurry, nsfw, (gore, blood:1.3), weapon", policy.NegativeFor("wechat", "blurry, "));
        Assert.Equal("NSFW, blurry, (gore, blood:1.3)", policy.NegativeFor("web", "NSFW, blurry"));
        foreach (var place in new[] { "web", "wechat" })
        {
            var once = policy.NegativeFor(place, "blurry");
            Assert.Equal(once, policy.NegativeFor(place, once));
        }
        Assert.Equal("blurry,", Policy().NegativeFor("web", "blurry,"));
    }

    [Theory]
    [InlineData("BlockedWords:0", "...")]
    [InlineData("Places:web:BlockedWords:0", "!")]
    [InlineData("SpoilerWords:0", "-")]
    [InlineData("Places:web:SpoilerWords:0", "?")]
    public void A_word_of_nothing_stops_the_start(string key, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Policy((key, value)));
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_tagger_every_picture_may_be_shown() =>
        Assert.Null(await Services().GetRequiredService<IPictureCheck>().CheckAsync(new Bitmap(1, 1, 3, new byte[3]), "web", TestContext.Current.CancellationToken));
}
