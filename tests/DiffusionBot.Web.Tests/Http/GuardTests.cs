using System.Net;
using DiffusionBot.Web.Tests.Support;
using DiffusionBot.Web.Visitors;

namespace DiffusionBot.Web.Tests.Http;

/// <summary>Other sites cannot speak for a visitor, nobody can be another visitor, and pages carry nothing from elsewhere.</summary>
public sealed class GuardTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Posts => new()
    {
        { "/chat/messages", "text=help" }, { "/queue/cancel", "request=0" }, { "/p/abc/share", "public=yes" }, { "/p/abc/delete", "" }, { "/admin/enter", $"token={WebHost.AdminToken}" },
    };

    [Theory, MemberData(nameof(Posts))]
    public async Task A_form_without_the_pages_token_changes_nothing(string path, string body)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        await visitor.ReadAsync("/");
        using var form = new StringContent(body, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await visitor.Client.PostAsync(path, form, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("line mine", await visitor.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Origin", "http://draw.example", true)]
    public async Task Even_with_the_token_a_form_from_another_site_is_turned_away(string header, string value, bool isOurs)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine(), null, "Web:PublicUrl=http://draw.example");
        using var visitor = host.Visitor();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("text", "help"), KeyValuePair.Create("__RequestVerificationToken", await visitor.TokenAsync())]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/chat/messages") { Content = form };
        request.Headers.Add(header, value);
        using var answer = await visitor.Client.SendAsync(request, Cancel);
        Assert.Equal(isOurs ? HttpStatusCode.SeeOther : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task The_token_of_one_browser_is_worthless_in_another()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var one = host.Visitor();
        using var other = host.Visitor();
        await other.ReadAsync("/");
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("text", "help"), KeyValuePair.Create("__RequestVerificationToken", await one.TokenAsync())]);
        using var answer = await other.Client.PostAsync("/chat/messages", form, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task The_visitors_cookie_is_kept_from_scripts_for_a_year()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.GetAsync("/");
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith(VisitorCookie.Name, StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);   // plain http
        using var again = await visitor.GetAsync("/");
        Assert.DoesNotContain(again.Headers.TryGetValues("Set-Cookie", out var set) ? set : [], c => c.StartsWith(VisitorCookie.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("web:AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("CfDJ8nonsense")]
    [InlineData("changed")]
    public async Task A_cookie_that_we_did_not_sign_is_nobody(string value)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        await visitor.SayAsync("help");
        var ours = visitor.Cookies.GetCookies(host.Address)[VisitorCookie.Name]!;
        if (value == "changed") value = ours.Value[..^4] + (ours.Value[^4] == 'A' ? "B" : "A") + ours.Value[^3..];
        ours.Value = value;
        Assert.DoesNotContain("line mine", await visitor.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visitor_is_known_to_the_host_that_comes_after()
    {
        var folder = WebHost.NewFolder();
        var cookies = "";
        await using (var host = await WebHost.StartAsync(new GatedEngine(), folder))
        {
            using var visitor = host.Visitor();
            await visitor.SayAsync("help");
            cookies = visitor.Cookies.GetCookieHeader(host.Address);
        }
        await using (var host = await WebHost.StartAsync(new GatedEngine(), folder))
        {
            using var visitor = host.Visitor();
            visitor.Cookies.SetCookies(host.Address, cookies.Replace("; ", ",", StringComparison.Ordinal));
            Assert.Contains("line bot", await visitor.ReadAsync("/"), StringComparison.Ordinal);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/gallery")]
    [InlineData("/presets")]
    [InlineData("/queue")]
    [InlineData("/admin")]
    [InlineData("/nothing/here")]
    public async Task Pages_allow_no_script_but_ours_and_name_no_other_host(string path)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.GetAsync(path);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        var html = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" onclick=", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href|action)=\"(https?:)?//", html);
        Assert.DoesNotMatch("<script(?![^>]* src=)", html);
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN")]
    [InlineData("en-US,en;q=0.9,zh;q=0.1", "en")]
    [InlineData("fr-FR,zh-TW;q=0.5", "zh-CN")]
    [InlineData("fr-FR", "en")]
    public async Task A_page_speaks_as_the_browser_asks(string asked, string language)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor(asked);
        Assert.Contains($"<html lang=\"{language}\"", await visitor.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_language_chosen_stays_and_leads_back()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.GetAsync("/language?to=zh&back=%2Fgallery%3Fmine%3D1");
        Assert.Equal("/gallery?mine=1", answer.Headers.Location?.OriginalString);
        Assert.Contains("<html lang=\"zh-CN\"", await visitor.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("画", (await visitor.SayAsync("帮助"))[1].Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/x\r\nSet-Cookie:a=b")]
    public async Task The_switch_of_languages_leads_to_no_other_site(string back)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.GetAsync($"/language?to=zh&back={Uri.EscapeDataString(back)}");
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Only_a_trusted_proxy_is_believed_about_https()
    {
        foreach (var (settings, isSecure) in new[] { (new[] { "Web:TrustedProxies:0=127.0.0.0/8" }, true), ([], false) })
        {
            await using var host = await WebHost.StartAsync(new GatedEngine(), null, settings);
            using var visitor = host.Visitor();
            visitor.Client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            using var answer = await visitor.GetAsync("/");
            var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith(VisitorCookie.Name, StringComparison.Ordinal));
            Assert.Equal(isSecure, cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
        }
    }
}
