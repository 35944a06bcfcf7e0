using System.Net;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Admin;
using DiffusionBot.Web.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Web.Tests.Http;

/// <summary>The admin page and its door.</summary>
public sealed class AdminTests
{
    private static async Task<WebVisitor> AdminAsync(WebHost host)
    {
        var admin = host.Visitor();
        using var entered = await admin.PostAsync("/admin/enter", "/admin", ("token", WebHost.AdminToken));
        Assert.Equal((HttpStatusCode.SeeOther, "/admin"), (entered.StatusCode, entered.Headers.Location?.OriginalString));
        return admin;
    }

    [Fact]
    public async Task Without_the_token_there_is_only_the_door()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        foreach (var path in new[] { "/admin", "/admin/models", "/admin/users", "/admin/words" })
        {
            using var answer = await visitor.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.DoesNotContain("<table", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        foreach (var path in new[] { "/admin/pause", "/admin/cancel", "/admin/users/block", "/admin/users/limit", "/admin/users/forget", "/admin/words" })
        {
            using var answer = await visitor.PostAsync(path, "/", ("pause", "yes"), ("user", "web:x"), ("words", "cat"));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        using var wrong = await visitor.PostAsync("/admin/enter", "/admin", ("token", WebHost.AdminToken + "x"));
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        using var still = await visitor.GetAsync("/admin");
        Assert.Equal(HttpStatusCode.Unauthorized, still.StatusCode);
    }

    [Fact]
    public async Task A_visitors_cookie_does_not_open_the_door()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        await visitor.ReadAsync("/");
        var own = visitor.Cookies.GetCookies(host.Address)["DiffusionBot.Visitor"]!.Value;
        visitor.Cookies.Add(host.Address, new Cookie(AdminToken.Cookie, own, "/admin"));
        using var answer = await visitor.GetAsync("/admin");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Guessing_soon_ends()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            using var answer = await visitor.PostAsync("/admin/enter", "/admin", ("token", $"guess{i}"));
            codes.Add(answer.StatusCode);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, codes[^1]);
        // Not even with the right one, for a while.
        using var right = await visitor.PostAsync("/admin/enter", "/admin", ("token", WebHost.AdminToken));
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
    }

    [Fact]
    public async Task A_token_is_made_once_and_only_its_hash_is_kept()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine(), null, WebHost.NoToken);
        var settings = host.Services.GetRequiredService<SettingStore>();
        await settings.SetAsync("admin-token", null, TestContext.Current.CancellationToken);
        var token = host.Services.GetRequiredService<AdminToken>();
        var made = await token.EnsureAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(made);
        Assert.Null(await token.EnsureAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(made, await settings.GetAsync("admin-token", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var visitor = host.Visitor();
        using var entered = await visitor.PostAsync("/admin/enter", "/admin", ("token", made));
        Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
        await visitor.ReadAsync("/admin");
        // Another token, and who entered with the first stands outside.
        await settings.SetAsync("admin-token", null, TestContext.Current.CancellationToken);
        await token.EnsureAsync(TestContext.Current.CancellationToken);
        using var after = await visitor.GetAsync("/admin");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Drawing_pauses_and_goes_on_and_requests_are_called_off()
    {
        var engine = new GatedEngine();
        await using var host = await WebHost.StartAsync(engine);
        using var admin = await AdminAsync(host);
        using var visitor = host.Visitor();
        (await admin.PostAsync("/admin/pause", "/admin", ("pause", "yes"))).Dispose();
        await visitor.SayAsync("a red apple");
        var page = await admin.ReadAsync("/admin");
        Assert.Contains("a red apple", page, StringComparison.Ordinal);
        Assert.Contains("Paused", page, StringComparison.Ordinal);
        Assert.Contains("paused", await visitor.ReadAsync("/queue"), StringComparison.Ordinal);
        var request = Html.Find(page, "name=\"request\" value=\"([^\"]+)\"");
        (await admin.PostAsync("/admin/cancel", "/admin", ("request", request))).Dispose();
        Assert.DoesNotContain("a red apple", await admin.ReadAsync("/admin"), StringComparison.Ordinal);
        (await admin.PostAsync("/admin/pause", "/admin", ("pause", "no"))).Dispose();
        await visitor.DrawAsync("a blue boat");
    }

    [Fact]
    public async Task What_failed_is_told_with_its_reason()
    {
        var engine = new GatedEngine { IsGated = true };
        await using var host = await WebHost.StartAsync(engine, null, "Jobs:MaxAttempts=1");
        using var admin = await AdminAsync(host);
        using var visitor = host.Visitor();
        var said = await visitor.SayAsync("a red apple");
        (await engine.NextAsync()).Fail("the card is on fire");
        await using var events = await visitor.ListenAsync(said[^1].Id);
        await events.UntilAsync(e => e.Name == "line");
        var page = await admin.ReadAsync("/admin");
        Assert.NotEmpty(Html.Find(page, "<td class=\"bad\">([^<]+)</td>"));
    }

    [Fact]
    public async Task A_blocked_user_is_refused_and_a_forgotten_one_is_gone()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var admin = await AdminAsync(host);
        using var visitor = host.Visitor();
        await visitor.DrawAsync("a red apple");
        var user = Html.Find(await admin.ReadAsync("/admin/users"), "name=\"user\" value=\"(web:[^\"]+)\"");
        (await admin.PostAsync("/admin/users/block", "/admin/users", ("user", user), ("block", "yes"))).Dispose();
        Assert.Contains("blocked", (await visitor.SayAsync("a blue boat"))[^1].Html, StringComparison.Ordinal);
        (await admin.PostAsync("/admin/users/block", "/admin/users", ("user", user), ("block", "no"))).Dispose();
        (await admin.PostAsync("/admin/users/limit", "/admin/users", ("user", user), ("pictures", "1"))).Dispose();
        Assert.Contains("limit of 1", (await visitor.SayAsync("a blue boat"))[^1].Html, StringComparison.Ordinal);
        (await admin.PostAsync("/admin/users/forget", "/admin/users", ("user", user))).Dispose();
        Assert.DoesNotContain("a red apple", await visitor.ReadAsync("/"), StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"tile\"", await visitor.ReadAsync("/gallery?mine=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_block_list_works_at_once_and_stays()
    {
        var folder = WebHost.NewFolder();
        for (var start = 0; start < 2; start++)
        {
            await using var host = await WebHost.StartAsync(new GatedEngine(), folder);
            using var admin = await AdminAsync(host);
            using var visitor = host.Visitor();
            if (start == 0) (await admin.PostAsync("/admin/words", "/admin/words", ("words", "zeppelin\r\n 飞艇 \r\n\r\n"))).Dispose();
            Assert.Contains("zeppelin\n飞艇", WebUtility.HtmlDecode(await admin.ReadAsync("/admin/words")), StringComparison.Ordinal);
            Assert.Contains("against the rules", (await visitor.SayAsync("a zeppelin over the sea"))[^1].Html, StringComparison.Ordinal);
            Assert.DoesNotContain("against the rules", (await visitor.SayAsync("a boat on the sea"))[^1].Html, StringComparison.Ordinal);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Models_are_listed_with_their_family()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var admin = await AdminAsync(host);
        var page = await admin.ReadAsync("/admin/models");
        Assert.Contains("emoji-3d.safetensors", page, StringComparison.Ordinal);
        Assert.Contains("SD 1", page, StringComparison.Ordinal);
        (await admin.PostAsync("/admin/leave", "/admin")).Dispose();
        using var outside = await admin.GetAsync("/admin/models");
        Assert.Equal(HttpStatusCode.Unauthorized, outside.StatusCode);
    }
}
