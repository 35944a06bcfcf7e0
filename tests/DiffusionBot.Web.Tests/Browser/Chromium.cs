using Microsoft.Playwright;

namespace DiffusionBot.Web.Tests.Browser;

/// <summary>The system's Chromium, started once for all tests of a class. Without one they are skipped; on a build server that is a failure.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", @"C:\Program Files\Google\Chrome\Application\chrome.exe", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Where pictures of the pages are put.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is not { Length: > 0 } path) path = Array.Find(places, File.Exists) ?? "";
        if (path.Length == 0) return;
        Assertions.SetDefaultExpectTimeout(30_000);   // a machine may be busy with drawing
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A window with cookies of its own.</summary>
    internal async Task<BrowserWindow> OpenAsync(Uri address, string language = "en-US", bool phone = false, bool dark = false, bool scripts = true)
    {
        if (browser is null)
        {
            const string Missing = "This test needs Chromium: Debian's package chromium, or a path in the environment variable CHROMIUM.";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Missing);
            Assert.Skip(Missing);
        }
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            Locale = language,
            ViewportSize = phone ? new ViewportSize { Width = 375, Height = 740 } : new ViewportSize { Width = 1280, Height = 860 },
            IsMobile = phone,
            HasTouch = phone,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = scripts,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(60_000);
        return new BrowserWindow(context, await context.NewPageAsync());
    }
}
