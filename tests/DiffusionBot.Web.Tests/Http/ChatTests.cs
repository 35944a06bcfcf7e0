using System.Net;
using System.Text;
using DiffusionBot.Web.Tests.Support;

namespace DiffusionBot.Web.Tests.Http;

/// <summary>Saying and being answered, over HTTP alone.</summary>
public sealed class ChatTests
{
    [Fact]
    public async Task What_is_said_is_answered_and_stands_there_after_a_reload()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        var lines = await visitor.SayAsync("help");
        Assert.Equal(2, lines.Count);
        Assert.Contains("help", lines[0].Html, StringComparison.Ordinal);
        Assert.Contains("line mine", lines[0].Html, StringComparison.Ordinal);
        Assert.Contains("line bot", lines[1].Html, StringComparison.Ordinal);
        var page = await visitor.ReadAsync("/");
        Assert.All(lines, line => Assert.Contains($"id=\"l{line.Id}\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sentence_becomes_a_picture_with_its_parameters_and_buttons()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        var drawn = await visitor.DrawAsync("a red apple --seed 7");
        Assert.Contains("Seed: 7", drawn.Html, StringComparison.Ordinal);
        Assert.StartsWith("again ", drawn.Words("again"), StringComparison.Ordinal);
        using var picture = await visitor.GetAsync($"/p/{drawn.Token}.png");
        Assert.Equal("image/png", picture.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_message_sent_twice_is_one_request()
    {
        var engine = new GatedEngine { IsGated = true };
        await using var host = await WebHost.StartAsync(engine);
        using var visitor = host.Visitor();
        var first = await visitor.SayAsync("a boat", id: "0123456789abcdef");
        var second = await visitor.SayAsync("a boat", id: "0123456789abcdef");
        Assert.Equal(first.Select(l => l.Id), second.Select(l => l.Id));
        (await engine.NextAsync()).Finish();
        await using var events = await visitor.ListenAsync(second[^1].Id);
        await events.UntilAsync(e => e.Name == "line");
        Assert.Equal(3, (await visitor.SayAsync("a boat", id: "0123456789abcdef")).Count);
    }

    [Fact]
    public async Task Without_a_script_a_form_leads_back_to_the_page()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.PostAsync("/chat/messages", "/", ("text", "help"));
        Assert.Equal((HttpStatusCode.SeeOther, "/#say"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.Contains("line bot", await visitor.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_buttons_words_go_before_what_stands_in_the_form()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.PostAsync("/chat/messages", "/", ("text", "half a sent"), ("words", "help"));
        Assert.DoesNotContain("half a sent", await visitor.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_is_text_wherever_it_is_shown()
    {
        const string Script = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
        await using var host = await WebHost.StartAsync(new GatedEngine(), null, "Web:IsPublicPlace=true");
        using var visitor = host.Visitor();
        var drawn = await visitor.DrawAsync(Script);
        var pages = new[] { "/", "/gallery", $"/gallery?q={Uri.EscapeDataString("<script>alert(1)</script>")}", $"/p/{drawn.Token}", $"/?text={Uri.EscapeDataString(Script)}" };
        var said = await visitor.SayAsync("again", replyTo: drawn.Id);
        foreach (var html in pages.Select(p => visitor.ReadAsync(p).Result).Concat(said.Select(l => l.Html)).Append(drawn.Html))
        {
            Assert.DoesNotContain("<script>alert", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img src=x", html, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Contains("&lt;script&gt;", drawn.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_to_a_picture_changes_its_request()
    {
        var engine = new GatedEngine();
        await using var host = await WebHost.StartAsync(engine);
        using var visitor = host.Visitor();
        var drawn = await visitor.DrawAsync("a red apple --seed 7");
        await engine.NextAsync();
        await visitor.SayAsync("--steps 9", replyTo: drawn.Id);
        var changed = (await engine.NextAsync()).Request;
        Assert.Equal(("a red apple", 9, 7), (changed.Prompt, changed.Steps, changed.Seed));
    }

    [Fact]
    public async Task A_picture_is_answered_with_its_parameters()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        var bytes = await File.ReadAllBytesAsync(TestData.Reference("pictures/apple-0.png"), TestContext.Current.CancellationToken);
        var lines = await visitor.SayAsync("", bytes);
        Assert.Contains("data:image/jpeg;base64,", lines[0].Html, StringComparison.Ordinal);
        Assert.Contains("a red apple on a blue background", lines[1].Html, StringComparison.Ordinal);
    }

    public static TheoryData<string, HttpStatusCode> Oversized => new()
    {
        { "text", HttpStatusCode.RequestEntityTooLarge },
        { "picture", HttpStatusCode.RequestEntityTooLarge },
        { "no picture", HttpStatusCode.UnsupportedMediaType },
        { "nothing", HttpStatusCode.BadRequest },
    };

    [Theory, MemberData(nameof(Oversized))]
    public async Task What_is_too_much_or_nothing_is_refused_with_a_word(string what, HttpStatusCode status)
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await (what switch
        {
            "text" => visitor.SendAsync(new string('x', 20_001)),
            "picture" => visitor.SendAsync("", new byte[(20 << 20) + 1]),
            "no picture" => visitor.SendAsync("", Encoding.UTF8.GetBytes("<svg onload=alert(1)>")),
            _ => visitor.SendAsync("  \n "),
        });
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains("\"error\":", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("line mine", await visitor.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_text_is_accepted()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        using var answer = await visitor.SendAsync(new string('图', 20_000));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task More_messages_than_a_minute_has_room_for_are_refused()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine(), null, "Web:VisitorMessagesPerMinute=3");
        using var visitor = host.Visitor("zh-CN");
        for (var i = 0; i < 3; i++) await visitor.SayAsync("help");
        using var answer = await visitor.SendAsync("help");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Contains("一分钟", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // Somebody else at the same address may go on; but not any number of them.
        for (var i = 0; i < 9; i++)
        {
            using var other = host.Visitor();
            await other.SayAsync("help");
        }
        using var thirteenth = host.Visitor();
        using var refused = await thirteenth.SendAsync("help");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task Earlier_lines_are_a_page_further_back()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine(), null, "Web:VisitorMessagesPerMinute=1000");
        using var visitor = host.Visitor();
        for (var i = 0; i < 35; i++) await visitor.SayAsync("help");
        var page = await visitor.ReadAsync("/");
        var before = Html.Find(page, "/\\?before=([0-9]+)");
        Assert.Equal(60, page.Split("<article").Length - 1);
        Assert.Equal(10, (await visitor.ReadAsync($"/?before={before}")).Split("<article").Length - 1);
    }

    [Fact]
    public async Task Who_is_forgotten_begins_anew()
    {
        await using var host = await WebHost.StartAsync(new GatedEngine());
        using var visitor = host.Visitor();
        var drawn = await visitor.DrawAsync("a red apple");
        await visitor.SayAsync("forget me");
        using var answer = await visitor.SendAsync("forget me yes", after: drawn.Id);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"reset\":true", body, StringComparison.Ordinal);
        Assert.DoesNotContain("a red apple", await visitor.ReadAsync("/"), StringComparison.Ordinal);
        using var picture = await visitor.GetAsync($"/p/{drawn.Token}.png");
        Assert.Equal(HttpStatusCode.NotFound, picture.StatusCode);
    }
}
