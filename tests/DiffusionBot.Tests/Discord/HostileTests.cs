using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Tests.Discord;

/// <summary>What no app of Discord's would send: each is refused so that only its sender sees it, or dropped; and who behaves is served after it.</summary>
public sealed partial class HostileTests : IAsyncLifetime
{
    private const int Command = 2, Component = 3, Autocomplete = 4, Modal = 5;

    private readonly ErrorLog log = new();
    private readonly DiscordStage stage;

    public HostileTests() => stage = new DiscordStage { With = ["Discord:LargestPicture=50000", "Limits:PendingPerUser=1"], More = services => services.AddSingleton<ILoggerProvider>(log) };

    public ValueTask InitializeAsync() => stage.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await stage.DisposeAsync();
        Assert.Empty(log.Errors);
        log.Dispose();
    }

    [Fact]
    public async Task A_button_that_nobody_has_is_refused()
    {
        var (owner, stranger) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        var theirs = await owner.DrawsAsync("a red apple");
        var code = CodeOf(theirs);
        var other = await owner.DrawsAsync("a green apple");
        string[] forged =
        [
            "1:again ", "1:again", "1:again XXXXXX", "1:delete XXXXXX", "1:cancel XXXXXX", "1:cancel", "1:info XXXXXX", "1:edit XXXXXX", "1:edit", "1:edit ", "1:edit -", "1:upscale", "1:vary -1", "1:again -", "1:preset nothing of the sort",
            "1:draw cat", "2:again X", "1:again\u0000X", "1:again X\n/forget me", $"1:again {code} --steps 150", $"1:again {code}\u202e", "1:" + new string('x', 98), "1:again " + new string('9', 92), "again", "1:", "1: again", ":", "1:AGAIN X", "1:settings --steps 60",
            // Of what does not stand on the message that is pressed.
            $"1:again {code}", $"1:vary {code}", $"1:upscale {code}-1", $"1:info {code}", $"1:edit {code}", $"1:delete {code}", $"1:again {code}-99", $"1:again {code}-2147483648", $"1:again {code}-1-1",
        ];
        foreach (var customId in forged)
        {
            var pressed = await stranger.User.ForgesAsync(other, customId);
            var refusal = await HearsAsync(stranger, pressed, customId);
            Assert.True(refusal.IsEphemeral, customId);
            Assert.Empty(refusal.Files);
        }
        Assert.True(DiscordStage.IsResult(theirs) && DiscordStage.IsResult(other));
        Assert.DoesNotContain(stage.Channel.Messages, message => message.Interaction?.User == stranger.User);
        await ServesAsync();
    }

    [Fact]
    public async Task Another_s_request_is_neither_called_off_nor_deleted()
    {
        var (owner, stranger) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        var waiting = await owner.RunsAsync("imagine", ("prompt", "a red apple"), ("steps", 60L), ("size", "512x512"));
        await owner.SeesAsync(waiting, message => message.CustomIds.Any());
        var cancel = DiscordStage.ButtonOf(waiting.Original!, "cancel");
        var refused = await stranger.User.PressesAsync(waiting.Original!, cancel);
        Assert.True((await HearsAsync(stranger, refused, cancel)).IsEphemeral);
        var called = await owner.User.PressesAsync(waiting.Original!, cancel);
        await called.AnswerAsync(TestContext.Current.CancellationToken);
        var drawn = await stage.NewUser("en-US").DrawsAsync("a green apple");
        var delete = await stranger.User.PressesAsync(drawn, DiscordStage.ButtonOf(drawn, "delete"));
        Assert.Contains("not yours", (await HearsAsync(stranger, delete, "delete")).Content, StringComparison.Ordinal);
        Assert.True(DiscordStage.IsResult(drawn));
    }

    [Fact]
    public async Task A_form_that_was_never_shown_is_refused()
    {
        var (owner, stranger) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        var code = CodeOf(await owner.DrawsAsync("a red apple"));
        JsonObject[] forms =
        [
            Form($"1:edit {code}", Input("other", "a cat")), Form($"1:edit {code}", Input("words", "")),
            Form($"1:edit {code}", Input("words", new string('x', 4001))), Form($"1:edit {code}", Input("words", 7)), Form($"1:again {code}", Input("words", "a cat")), Form("2:edit", Input("words", "a cat")),
            Form($"1:edit {code}"), new JsonObject { ["custom_id"] = $"1:edit {code}", ["components"] = 7 }, new JsonObject { ["custom_id"] = $"1:edit {code}", ["components"] = new JsonArray(null, 7, new JsonArray(), new JsonObject { ["component"] = new JsonArray() }) }, [],
        ];
        foreach (var form in forms)
        {
            var sent = stranger.User.Invents(stage.Channel, Modal, form);
            Assert.True((await HearsAsync(stranger, sent, form.ToJsonString())).IsEphemeral);
        }
        // Words are words, whatever form they came in: what they draw is the sender's own, and nothing of another's is in it.
        foreach (var form in new[] { Form("1:edit XXXXXX", Input("words", "a cat")), Form($"1:edit {code}", Input("words", "a cat")), Form("1:edit", Input("words", "a cat")) })
        {
            var drawn = await stranger.SeesResultAsync(await AnsweredAsync(stranger.User.Invents(stage.Channel, Modal, form)));
            Assert.Equal("a cat", (string?)drawn.Embeds[0]!["description"]);
        }
        await ServesAsync();
    }

    [Fact]
    public async Task Commands_of_any_shape_are_refused()
    {
        var user = stage.NewUser("en-US");
        static JsonObject Imagine(JsonNode? options) => new() { ["id"] = "1", ["name"] = "imagine", ["type"] = 1, ["options"] = options };
        static JsonObject Option(string name, JsonNode? value) => new() { ["name"] = name, ["type"] = 3, ["value"] = value };
        (int Type, JsonObject Data)[] refused =
        [
            (Command, []), (Command, new() { ["name"] = 7 }), (Command, new() { ["name"] = "imagine", ["type"] = 3 }), (Command, new() { ["name"] = "Imagine", ["type"] = 1 }), (Command, new() { ["name"] = new string('x', 1_000_000), ["type"] = 1 }),
            (Command, Imagine(null)), (Command, Imagine(7)), (Command, Imagine(new JsonArray(null, 7, "x", new JsonArray(), new JsonObject()))), (Command, Imagine(new JsonArray(Option("prompt", 7)))), (Command, Imagine(new JsonArray(Option("prompt", new JsonObject())))),
            (Command, Imagine(new JsonArray(Option("prompt", new string('x', 2_000_000))))), (Command, Imagine(new JsonArray([.. Enumerable.Range(0, 20_000).Select(n => (JsonNode)Option($"o{n}", "x"))]))),
            (Command, Imagine(new JsonArray(Option("prompt", "a cat"), Option("steps", 100_000)))), (Command, Imagine(new JsonArray(Option("prompt", "a cat"), Option("size", "99999x99999")))),
            (Command, new() { ["name"] = "moderate", ["type"] = 1, ["options"] = new JsonArray(new JsonObject { ["name"] = "pause", ["type"] = 1 }) }), (Command, new() { ["name"] = "moderate", ["type"] = 1 }), (Command, new() { ["name"] = "Parameters", ["type"] = 3 }),
            (Command, new() { ["name"] = "Parameters", ["type"] = 3, ["target_id"] = "1", ["resolved"] = new JsonObject { ["messages"] = new JsonArray() } }), (Command, new() { ["name"] = "Draw again", ["type"] = 3, ["target_id"] = "1", ["resolved"] = new JsonObject { ["messages"] = new JsonObject { ["1"] = 7 } } }),
            (Command, new() { ["name"] = "cancel", ["type"] = 1, ["options"] = new JsonArray(Option("code", new string('\u0007', 50))) }), (Component, new() { ["custom_id"] = 7 }), (Component, new() { ["component_type"] = 3, ["values"] = new JsonArray("1:again X") }), (Component, []), (99, []), (1, []), (0, []), (-1, []),
        ];
        foreach (var (type, data) in refused)
        {
            var used = user.User.Invents(stage.Channel, type, data);
            var shown = await HearsAsync(user, used, $"{type} {data.ToJsonString()[..Math.Min(200, data.ToJsonString().Length)]}");
            Assert.True(shown.IsEphemeral);
        }
        Assert.DoesNotContain(stage.Channel.Messages, message => message.Interaction?.User == user.User);
        // What cannot be is left out, and is no way to something else.
        foreach (var option in new[] { Option("steps", long.MinValue), Option("steps", "7"), Option("model", "../../etc/passwd"), Option("count", "9"), Option("sampler", "Euler --n 4"), Option("preset", "x\n--n 4"), Option("seed", 1e300), Option("cfg", 1e300), Option("negative", new JsonArray()) })
        {
            var used = await AnsweredAsync(user.User.Invents(stage.Channel, Command, Imagine(new JsonArray(Option("prompt", "a cat"), option.DeepClone()))));
            var drawn = await user.SeesAsync(used, message => message.IsDeleted || DiscordStage.IsResult(message));
            Assert.True(DiscordStage.IsResult(drawn), $"{option.ToJsonString()}: {user.User.Shown.All[^1].Message.Content}");
            Assert.Equal(".png", Path.GetExtension(Assert.Single(drawn.Files).Name));
            Assert.Equal("64x64", DiscordStage.Fields(drawn)["size"]);
        }
        // While one types, nothing is as good as anything.
        foreach (var data in new JsonObject[] { [], new() { ["name"] = "imagine" }, new() { ["name"] = "imagine", ["options"] = new JsonArray(new JsonObject { ["name"] = "model", ["value"] = 7, ["focused"] = "yes" }) }, new() { ["name"] = "imagine", ["options"] = Nested(50) } })
        {
            var answer = await user.User.Invents(stage.Channel, Autocomplete, data).AnswerAsync(TestContext.Current.CancellationToken);
            Assert.Empty(answer["data"]!["choices"]!.AsArray());
        }
        await ServesAsync();
    }

    [Fact]
    public async Task Events_that_make_no_sense_are_dropped()
    {
        var user = stage.NewUser("en-US");
        var data = new JsonObject { ["id"] = "1", ["name"] = "queue", ["type"] = 1 };
        string[] needed = ["id", "token", "member", "channel_id"];
        foreach (var name in needed)
        {
            foreach (var instead in new JsonNode?[] { null, 7, "", new JsonArray(), new JsonObject(), "\u0000", new string('x', 1000) }) user.User.Invents(stage.Channel, Command, data.DeepClone().AsObject(), change: told => told[name] = instead?.DeepClone());
            user.User.Invents(stage.Channel, Command, data.DeepClone().AsObject(), change: told => told.Remove(name));
        }
        string[] texts =
        [
            "null", "7", "\"x\"", "[]", "{}", """{"id":"\ud800"}""", """{"\ud800":1,"id":"5","type":2,"token":"x"}""", """{"id":"5","type":2,"token":"x","\udc00":{}}""", """{"id":1e400,"type":1e400}""", """{"type":2,"type":3,"id":"1","id":"2","token":"a","token":"b"}""",
            new string('[', 200) + new string(']', 200), """{"id":"5","token":"x","data":""" + string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 201),
        ];
        foreach (var type in new[] { "INTERACTION_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "GUILD_CREATE", "RESUMED", "NOBODY_KNOWS", "" })
        {
            foreach (var text in texts) stage.Discord.Gateway.Dispatch(type, text, stage.Server.Id);
        }
        // Not even events.
        foreach (var raw in new[] { "{}", "[]", "7", "null", """{"op":"x"}""", """{"op":99}""", """{"op":0}""", """{"op":0,"t":"X"}""", """{"op":-1,"d":{}}""", """{"op":11}""", """{"\ud800":0,"op":11}""", """{"op":11,"\ud800":0}""" }) stage.Discord.Gateway.SendRaw(raw);
        await ServesAsync();
        Assert.Equal(1, stage.Discord.Gateway.Identifies);
    }

    [Fact]
    public async Task Pictures_come_from_Discord_and_nowhere_else()
    {
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var port = ((IPEndPoint)elsewhere.LocalEndpoint).Port;
        string[] addresses =
        [
            $"http://127.0.0.1:{port}/a.png", $"http://localhost:{port}/a.png", $"{stage.Discord.CdnBase}@127.0.0.1:{port}/a.png", $"http://user:pass@127.0.0.1:{port}/a.png", $"http://[::1]:{port}/a.png", $"http://127.1:{port}/a.png", "https://cdn.discordapp.com.evil.example/a.png",
            $"ftp://127.0.0.1:{port}/a.png", "file:///etc/passwd", "data:image/png;base64,AAAA", "//evil.example/a.png", "", "\u0000", "http://", new string('x', 5000), $"{stage.Discord.CdnBase}/gateway", $"{stage.Discord.CdnBase}/attachments/1/2/a.png",
        ];
        foreach (var (n, address) in addresses.Index())
        {
            var user = stage.NewUser("en-US").User;
            stage.Discord.Gateway.Dispatch("MESSAGE_CREATE", MessageOf(user, $"{user.Id + 1}", n % 2 == 0 ? "" : "/info", new JsonObject { ["filename"] = "a.png", ["content_type"] = "image/png", ["url"] = address, ["size"] = 5 }));
            using var patience = DiscordStage.Patience();
            Assert.Empty((await user.Direct.Shown.NextAsync(shown => shown.Message.Author == stage.Discord.Bot, patience.Token)).Files);
        }
        (string, byte[])[] files = [("large.png", new byte[60_000]), ("text.png", "no picture at all"u8.ToArray()), ("empty.png", []), ("bomb.png", Bomb()), ("../../evil.png", Bomb()), ("@everyone.png", Bomb())];
        foreach (var file in files)
        {
            var user = stage.NewUser("en-US").User;
            Assert.Empty((await AnswersAsync(user.Says(user.Direct, "", null, file))).Files);
        }
        await ServesAsync();
        Assert.False(elsewhere.Pending(), "Somebody called where no picture is to be fetched from.");
    }

    [Fact]
    public async Task Nobody_is_called_by_a_name_or_a_prompt()
    {
        var victim = stage.Discord.AddUser("victim");
        var name = $"@everyone {victim.Mention} **x** [l](http://evil.example) `";
        var user = new DiscordStage.Member(stage, stage.Discord.AddUser(name, "en-US"));
        var prompt = $"@everyone @here {victim.Mention} <@&{stage.Server.Id}> [click](http://evil.example) ||x|| # y";
        var drawn = await user.DrawsAsync(prompt, ("negative", "@everyone"));
        // Each mark is shown as it is.
        Assert.Contains("\\[click](", (string)drawn.Embeds[0]!["description"]!, StringComparison.Ordinal);
        await user.SeesAsync(await user.PressesAsync(drawn, "info"), message => !message.IsLoading);
        await user.SeesAsync(await user.RunsAsync("history"), message => !message.IsLoading);
        await HearsAsync(user, await user.RunsAsync("preset", ("name", prompt)), "preset");
        await user.DrawsAsync("x", ("model", prompt), ("sampler", name));
        await AnswersAsync(user.User.Says(stage.Channel, $"{stage.Discord.Bot.Mention} {prompt} --steps @everyone"));
        await AnswersAsync(user.User.Says(stage.Channel, $"{stage.Discord.Bot.Mention} /settings {prompt}"));
        var said = stage.Channel.Shown.All.Concat(user.User.Shown.All).Select(shown => shown.Message).Where(message => message.Author == stage.Discord.Bot);
        Assert.All(said, message => Assert.Empty(message.Mentions));
        Assert.All(stage.Discord.Calls.All.Select(call => (call.Body as JsonObject)?["allowed_mentions"]?["parse"]).OfType<JsonArray>(), Assert.Empty);
    }

    /// <summary>Who behaves is served.</summary>
    private async Task ServesAsync()
    {
        await stage.NewUser().DrawsAsync("a red apple");
        Assert.Empty(stage.Discord.Violations.All);
    }

    private static async Task<FakeMessage> HearsAsync(DiscordStage.Member user, FakeInteraction interaction, string what)
    {
        try
        {
            return await user.HearsAsync(message => message.Interaction == interaction && message.Content.Length > 0);
        }
        catch (OperationCanceledException e) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new Xunit.Sdk.XunitException($"{what}: nothing was said that only who asked sees; the first answer is of type {interaction.AnswerType}: {interaction.Original?.Content}", e);
        }
    }

    private static async Task<FakeInteraction> AnsweredAsync(FakeInteraction interaction)
    {
        await interaction.AnswerAsync(TestContext.Current.CancellationToken);
        return interaction;
    }

    private static async Task<FakeMessage> AnswersAsync(FakeMessage message)
    {
        using var patience = DiscordStage.Patience();
        return (await message.Channel.Shown.NextAsync(shown => shown.Message.RepliesTo == message, patience.Token)).Message;
    }

    private static JsonObject Form(string customId, params JsonObject[] inputs) =>
        new() { ["custom_id"] = customId, ["components"] = new JsonArray([.. inputs.Select(input => (JsonNode)new JsonObject { ["type"] = 18, ["component"] = input })]) };

    private static JsonObject Input(string customId, JsonNode value) => new() { ["type"] = 4, ["custom_id"] = customId, ["value"] = value };

    private static JsonArray Nested(int levels)
    {
        var options = new JsonArray();
        for (var n = 0; n < levels / 2; n++) options = new JsonArray(new JsonObject { ["name"] = "x", ["type"] = 2, ["options"] = options });
        return options;
    }

    private static JsonObject MessageOf(FakeUser author, string id, string text, JsonObject attachment) => new()
    {
        ["id"] = id,
        ["channel_id"] = $"{author.Direct.Id}",
        ["author"] = new JsonObject { ["id"] = $"{author.Id}", ["username"] = author.Name },
        ["type"] = 0,
        ["content"] = text,
        ["attachments"] = new JsonArray(attachment),
    };

    /// <summary>A PNG that says it is 60,000 pixels wide and high.</summary>
    private static byte[] Bomb() => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0, 0, 0, 0, 0];

    private static string CodeOf(FakeMessage message) => (string)message.Embeds[0]!["footer"]!["text"]!;
}
