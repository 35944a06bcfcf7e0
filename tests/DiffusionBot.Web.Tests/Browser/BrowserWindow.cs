using Microsoft.Playwright;

namespace DiffusionBot.Web.Tests.Browser;

/// <summary>A page in a window, and what it complained about.</summary>
internal sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext context;

    public BrowserWindow(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.PageError += (_, error) => Complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") Complaints.Add(message.Text);
        };
        page.Request += (_, request) => Hosts.Add(new Uri(request.Url).Scheme is "data" or "blob" ? "" : new Uri(request.Url).Authority);
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts and of the content policy.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Whom the page asked for anything.</summary>
    public HashSet<string> Hosts { get; } = [];

    /// <summary>Types a message and sends it with Enter.</summary>
    public async Task SayAsync(string text)
    {
        await Page.Locator("#text").FillAsync(text);
        await Page.Locator("#text").PressAsync("Enter");
    }

    /// <summary>The newest line of the bot with a picture, once there are so many.</summary>
    public async Task<ILocator> PictureAsync(int number = 1)
    {
        var lines = Page.Locator(".line.bot:has(.shots a img)");
        await Assertions.Expect(lines).ToHaveCountAsync(number, new LocatorAssertionsToHaveCountOptions { Timeout = 120_000 });
        await Assertions.Expect(lines.Last.Locator(".shots img").First).ToHaveJSPropertyAsync("complete", true);
        return lines.Last;
    }

    /// <summary>Puts a picture of the page among the screenshots.</summary>
    public Task ShootAsync(string name, bool whole = false) =>
        Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Chromium.Screenshots, $"{name}.png"), FullPage = whole });

    /// <summary>Nothing sticks out to the side.</summary>
    public async Task AssertFitsAsync()
    {
        var (wide, window) = (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await Page.EvaluateAsync<int>("innerWidth"));
        Assert.True(wide <= window, $"{Page.Url} is {wide} pixels wide in a window of {window}.");
    }

    /// <summary>The address of a link.</summary>
    public static async Task<string> LinkOf(ILocator link) => await link.GetAttributeAsync("href") ?? "";

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
