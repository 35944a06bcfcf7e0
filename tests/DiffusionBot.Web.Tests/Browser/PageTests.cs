using DiffusionBot.Web.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DiffusionBot.Web.Tests.Browser;

/// <summary>One host with the real engine and the shipped model, for all tests of <see cref="PageTests"/>.</summary>
public sealed class DrawingHost : IAsyncLifetime
{
    internal WebHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await WebHost.StartAsync("Web:VisitorMessagesPerMinute=1000", "Limits:DailyPicturesPerUser=1000");

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>What a person does in a browser, with the shipped model drawing.</summary>
public sealed class PageTests(Chromium chromium, DrawingHost drawing) : IClassFixture<Chromium>, IClassFixture<DrawingHost>
{
    private static string Apple => TestData.Reference("pictures/apple-0.png");

    [Theory]
    [InlineData("en-US", "a red apple on a blue background --steps 4 --seed 7", "Again", "Parameters")]
    [InlineData("zh-CN", "红苹果，蓝色背景 --步数 4 --种子 7", "再来", "参数")]
    public async Task A_sentence_becomes_a_picture_with_its_parameters(string language, string sentence, string again, string parameters)
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address, language);
        await window.Page.GotoAsync("/");
        await window.ShootAsync($"welcome-{language}");
        await window.SayAsync(sentence);
        var line = await window.PictureAsync();
        await line.GetByText(parameters, new() { Exact = true }).ClickAsync();
        await Expect(line.Locator("pre")).ToContainTextAsync("Steps: 4, Sampler: Euler");
        await Expect(line.Locator("pre")).ToContainTextAsync("Seed: 7");
        await line.Locator("[data-copy]").ClickAsync();
        Assert.Equal(await line.Locator("pre").TextContentAsync(), (await window.Page.EvaluateAsync<string>("navigator.clipboard.readText()")).ReplaceLineEndings("\n"));
        await Expect(window.Page.Locator(".progress")).ToHaveCountAsync(0);

        await line.GetByRole(AriaRole.Button, new() { Name = again, Exact = true }).ClickAsync();
        await window.PictureAsync(2);
        await window.ShootAsync($"chat-{language}");

        // All of it is there after a reload, and is not said again.
        var lines = await window.Page.Locator(".line").CountAsync();
        await window.Page.ReloadAsync();
        await Expect(window.Page.Locator(".line")).ToHaveCountAsync(lines);
        await window.PictureAsync(2);
        Assert.Empty(window.Complaints);
        Assert.Equal([drawing.Host.Address.Authority], window.Hosts.Where(h => h.Length > 0));
    }

    [Fact]
    public async Task Progress_is_seen_and_drawing_called_off()
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address);
        await window.Page.GotoAsync("/");
        await window.SayAsync("a castle --steps 60 --size 512x512");
        var progress = window.Page.Locator(".progress");
        await Expect(progress.Locator("p")).ToContainTextAsync("Step ");
        await Expect(progress.Locator("img")).ToBeVisibleAsync();
        await window.ShootAsync("progress");
        await progress.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(progress).ToHaveCountAsync(0);
        await Expect(window.Page.Locator(".line.mine").Last).ToContainTextAsync("cancel ");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_picture_dropped_in_is_answered_with_its_parameters()
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address);
        await window.Page.GotoAsync("/");
        var bytes = Convert.ToBase64String(await File.ReadAllBytesAsync(Apple, TestContext.Current.CancellationToken));
        var dropped = await window.Page.EvaluateHandleAsync("""
            base64 => {
              const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
              const data = new DataTransfer();
              data.items.add(new File([bytes], 'apple.png', { type: 'image/png' }));
              return data;
            }
            """, bytes);
        await window.Page.DispatchEventAsync("body", "dragover", new { dataTransfer = dropped });
        await Expect(window.Page.Locator("body")).ToContainClassAsync("dropping");
        await window.Page.DispatchEventAsync("body", "drop", new { dataTransfer = dropped });
        await Expect(window.Page.Locator(".held img")).ToHaveCountAsync(1);
        await window.Page.Locator(".send").ClickAsync();
        await Expect(window.Page.Locator(".line.bot").Last).ToContainTextAsync("a red apple on a blue background");
        await Expect(window.Page.Locator(".line.mine .shots img")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator(".held img")).ToHaveCountAsync(0);
        await window.ShootAsync("dropped");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_reply_to_a_picture_changes_it()
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address);
        await window.Page.GotoAsync("/");
        await window.SayAsync("a yellow boat --seed 3 --steps 2");
        var line = await window.PictureAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Reply" }).ClickAsync();
        await Expect(window.Page.Locator("#answering")).ToBeVisibleAsync();
        await window.SayAsync("--steps 3");
        var changed = await window.PictureAsync(2);
        await Expect(changed.Locator("pre")).ToContainTextAsync("a yellow boat");
        await Expect(changed.Locator("pre")).ToContainTextAsync("Steps: 3");
        await Expect(window.Page.Locator(".line.mine blockquote")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator("#answering")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Pages_of_gallery_and_picture_work_without_a_script()
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address, scripts: false);
        await window.Page.GotoAsync("/");
        await window.Page.Locator("#text").FillAsync("a green frog --steps 2 --seed 11");
        await window.Page.Locator(".send").ClickAsync();
        await Expect(window.Page.Locator(".line.bot").First).ToBeVisibleAsync();
        var picture = window.Page.Locator(".shots a");
        for (var looks = 0; await picture.CountAsync() == 0; looks++)
        {
            Assert.True(looks < 200, "No picture after 200 looks.");
            await window.Page.GotoAsync("/queue");   // a look takes its time, so that this is no race
            await window.Page.GotoAsync("/");
        }
        await picture.First.ClickAsync();
        await Expect(window.Page.Locator(".params")).ToContainTextAsync("11");
        await window.ShootAsync("picture-en-US", whole: true);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Share in the gallery" }).ClickAsync();

        await window.Page.GotoAsync("/gallery");
        await window.Page.GetByRole(AriaRole.Searchbox).FillAsync("frog green");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(window.Page.Locator(".tile")).ToHaveCountAsync(1);
        await window.ShootAsync("gallery-en-US");
        await window.Page.GetByRole(AriaRole.Searchbox).FillAsync("nothing like it");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(window.Page.Locator(".tile")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_phone_shows_every_page_whole_and_in_the_dark()
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address, "zh-CN", phone: true, dark: true);
        await window.Page.GotoAsync("/");
        await window.AssertFitsAsync();
        await window.ShootAsync("phone-welcome");
        await window.Page.Locator("#text").FillAsync("一只戴着帽子的猫，" + new string('长', 300) + " --步数 2 --张数 4");
        await window.Page.Locator(".send").TapAsync();
        var line = await window.PictureAsync();
        await window.AssertFitsAsync();
        await window.ShootAsync("phone-chat");
        var page = await BrowserWindow.LinkOf(line.Locator(".shots a").First);
        foreach (var (path, name) in new[] { (page, "picture"), ("/gallery?mine=1", "gallery"), ("/presets", "presets"), ("/queue", "queue"), ("/admin", "door") })
        {
            await window.Page.GotoAsync(path);
            await window.AssertFitsAsync();
            await window.ShootAsync($"phone-{name}");
        }
        var ground = await window.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal("rgb(19, 17, 24)", ground);
        Assert.DoesNotContain(window.Complaints, c => !c.Contains("401", StringComparison.Ordinal));   // the door
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address);
        await window.Page.GotoAsync("/");
        await window.Page.Keyboard.PressAsync("Tab");
        await Expect(window.Page.Locator(".skip")).ToBeFocusedAsync();
        await window.Page.Locator("#text").FocusAsync();
        await window.Page.Keyboard.TypeAsync("help");
        await window.Page.Keyboard.PressAsync("Shift+Enter");
        await window.Page.Keyboard.TypeAsync(" ");
        await Expect(window.Page.Locator(".line")).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator(".line.bot")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator("#text")).ToHaveValueAsync("");
        await Expect(window.Page.Locator("[role=log][aria-live=polite]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_admin_page_shows_jobs_models_users_and_words()
    {
        await using var window = await chromium.OpenAsync(drawing.Host.Address);
        await window.Page.GotoAsync("/admin");
        await window.Page.Locator("#token").FillAsync(WebHost.AdminToken);
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Pause drawing" })).ToBeVisibleAsync();
        await window.ShootAsync("admin", whole: true);
        foreach (var tab in new[] { "Models", "Users", "Block list" })
        {
            await window.Page.GetByRole(AriaRole.Link, new() { Name = tab, Exact = true }).ClickAsync();
            await Expect(window.Page.Locator(".tabs [aria-current]")).ToHaveTextAsync(tab);
            await window.ShootAsync($"admin-{tab}");
        }
    }
}
