using System.Net;
using DiffusionBot.Imaging;
using DiffusionBot.Web.Tests.Support;

namespace DiffusionBot.Web.Tests.Http;

/// <summary>Pictures belong to who asked: seen by who has the link, found by everybody once shared, changed by their owner alone.</summary>
public sealed class PictureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_is_its_owners_until_it_is_shared()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var owner = host.Visitor();
        using var other = host.Visitor();
        var token = (await owner.DrawAsync("a red apple")).Token;

        Assert.DoesNotContain(token, await other.ReadAsync("/gallery"), StringComparison.Ordinal);
        Assert.DoesNotContain(token, await other.ReadAsync("/gallery?mine=1"), StringComparison.Ordinal);
        Assert.Contains(token, await owner.ReadAsync("/gallery?mine=1"), StringComparison.Ordinal);
        var page = await other.ReadAsync($"/p/{token}");
        Assert.Contains("noindex", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/share", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"again", page, StringComparison.Ordinal);   // a code that the router would refuse
        using (var foreign = await other.PostAsync($"/p/{token}/share", "/", ("public", "yes"))) Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using (var foreign = await other.PostAsync($"/p/{token}/delete", "/")) Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);

        using (var shared = await owner.PostAsync($"/p/{token}/share", $"/p/{token}", ("public", "yes"))) Assert.Equal(HttpStatusCode.SeeOther, shared.StatusCode);
        Assert.Contains(token, await other.ReadAsync("/gallery"), StringComparison.Ordinal);
        Assert.DoesNotContain("noindex", await other.ReadAsync($"/p/{token}"), StringComparison.Ordinal);

        using (var hidden = await owner.PostAsync($"/p/{token}/share", $"/p/{token}", ("public", "no"))) Assert.Equal(HttpStatusCode.SeeOther, hidden.StatusCode);
        Assert.DoesNotContain(token, await other.ReadAsync("/gallery"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_place_shows_what_is_drawn_there()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine(), null, "Web:IsPublicPlace=true");
        using var owner = host.Visitor();
        using var other = host.Visitor();
        var token = (await owner.DrawAsync("a red apple")).Token;
        Assert.Contains(token, await other.ReadAsync("/gallery"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_its_owner_deletes_is_gone_for_everybody()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var owner = host.Visitor();
        var token = (await owner.DrawAsync("a red apple")).Token;
        foreach (var path in new[] { $"/p/{token}", $"/p/{token}.png", $"/p/{token}.jpg?w=320" }) await owner.ReadAsync(path);
        using var deleted = await owner.PostAsync($"/p/{token}/delete", $"/p/{token}");
        Assert.Equal(HttpStatusCode.SeeOther, deleted.StatusCode);
        foreach (var path in new[] { $"/p/{token}", $"/p/{token}.png", $"/p/{token}.jpg?w=320" })
        {
            using var answer = await owner.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_page_says_all_of_it_without_a_script()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor("zh-CN");
        var drawn = await visitor.DrawAsync("红苹果，蓝色背景 --种子 7 --反向 模糊");
        var page = await visitor.ReadAsync($"/p/{drawn.Token}");
        foreach (var text in new[] { "红苹果，蓝色背景", "反向提示词", "模糊", ">种子<", "<dd>7</dd>", "stripes", "Steps: 2, Sampler: Euler", drawn.Words("again"), drawn.Words("upscale"), "download=" })
            Assert.Contains(text, page, StringComparison.Ordinal);
        using var answer = await visitor.PostAsync("/chat/messages", $"/p/{drawn.Token}", ("words", drawn.Words("again")));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task A_picture_names_what_it_comes_from_but_no_key_to_what_is_private()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var owner = host.Visitor();
        using var other = host.Visitor();
        var first = await owner.DrawAsync("a red apple");
        var second = await owner.DrawAsync(first.Words("again"));
        Assert.NotEqual(first.Token, second.Token);
        Assert.Contains(first.Token, await owner.ReadAsync($"/p/{second.Token}"), StringComparison.Ordinal);
        var seen = await other.ReadAsync($"/p/{second.Token}");
        Assert.Contains("again of", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(first.Token, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_the_original_and_copies_are_small()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        var token = (await visitor.DrawAsync("a red apple --size 512x256 --seed 7")).Token;
        using var file = await visitor.GetAsync($"/p/{token}.png");
        Assert.Contains("immutable", file.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        Assert.Contains("Seed: 7", PictureReader.Decode(await file.Content.ReadAsByteArrayAsync(Cancel)).Text.Parameters, StringComparison.Ordinal);
        foreach (var (wish, width) in new[] { ("?w=160", 160), ("", 320), ("?w=300", 320), ("?w=99999", 512) })
        {
            using var copy = await visitor.GetAsync($"/p/{token}.jpg{wish}");
            Assert.Equal("image/jpeg", copy.Content.Headers.ContentType?.MediaType);
            var header = PictureHeader.Read(await copy.Content.ReadAsByteArrayAsync(Cancel));
            Assert.Equal((width, width / 2), (header.Width, header.Height));
        }
    }

    [Theory]
    [InlineData("/p/AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/p/..%2F..%2Fappsettings.json")]
    [InlineData("/p/x.png")]
    [InlineData("/presets/nothing.jpg")]
    [InlineData("/assets/x/..%2F..%2Fappsettings.json")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_gallery_finds_by_words_model_and_seed_and_turns_pages()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine(), null, "Web:VisitorMessagesPerMinute=1000");
        using var visitor = host.Visitor();
        var apple = (await visitor.DrawAsync("a red apple --seed 7")).Token;
        var boat = (await visitor.DrawAsync("a blue boat --seed 8")).Token;
        foreach (var (search, finds) in new[] { ("q=APPLE", true), ("q=apple+red", true), ("q=boat", false), ("model=strip", true), ("model=other", false), ("seed=7", true), ("seed=8", false), ("seed=x", true) })
        {
            var page = await visitor.ReadAsync($"/gallery?mine=1&{search}");
            Assert.True(page.Contains($"/p/{apple}", StringComparison.Ordinal) == finds, search);
        }
        for (var i = 0; i < 6; i++) await visitor.DrawAsync($"a boat --n 4 --seed {100 + i * 4}");
        var first = await visitor.ReadAsync("/gallery?mine=1");
        var second = await visitor.ReadAsync("/gallery?mine=1&page=2");
        Assert.Equal((24, 2), (first.Split("class=\"tile\"").Length - 1, second.Split("class=\"tile\"").Length - 1));
        Assert.Contains(boat, second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Presets_are_shown_with_their_samples()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        var page = await visitor.ReadAsync("/presets");
        var name = Html.Find(page, "src=\"(/presets/[^\"]+)\"");
        using var sample = await visitor.GetAsync(WebUtility.HtmlDecode(name));
        Assert.Equal("image/jpeg", sample.Content.Headers.ContentType?.MediaType);
    }
}
