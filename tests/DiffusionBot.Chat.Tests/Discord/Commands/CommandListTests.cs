using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Commands;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Tests.Discord.Rest;

namespace DiffusionBot.Chat.Tests.Discord.Commands;

/// <summary>The list of commands, and whether Discord would take it.</summary>
public sealed class CommandListTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Discord_takes_it(bool forServer)
    {
        await using var bench = await RestBench.StartAsync();
        var (application, guild) = (bench.Discord.ApplicationId, bench.Guild.Id);
        await bench.SendAsync(forServer ? DiscordRoute.PutCommands(application, guild) : DiscordRoute.PutCommands(application), DiscordCommandList.Create(forServer));
        Assert.Equal(
            ["imagine", "preset", "queue", "cancel", "history", "models", "settings", "help", "moderate", "Parameters", "Draw again"],
            bench.Discord.CommandsOf(forServer ? bench.Guild : null).Select(c => (string?)c!["name"]));
    }

    [Fact]
    public void Every_text_is_there_in_all_languages()
    {
        var texts = Objects(DiscordCommandList.Create()).SelectMany(o => new[] { "name", "description" }.Where(o.ContainsKey).Select(property => (o, property))).ToArray();
        Assert.InRange(texts.Length, 90, 1000);
        Assert.All(texts, text =>
        {
            var localized = Assert.IsType<JsonObject>(text.o[$"{text.property}_localizations"]);
            Assert.Equal(["zh-CN", "zh-TW"], localized.Select(l => l.Key));
            Assert.All(localized, l => Assert.InRange(((string?)l.Value)!.Length, 1, text.property == "name" ? 32 : 100));
        });
        // Nothing that only one script has stands in the other: each simplified letter before its traditional one.
        const string pairs = "这這个個请請图圖画畫设設编編号號历歷说說参參语語种種词詞数數调調随隨机機宽寬长長张張为為给給么麼务務认認权權写寫会會样樣预預复復暂暫里裡现現动動";
        Assert.All(texts, text =>
        {
            var localized = text.o[$"{text.property}_localizations"]!;
            Assert.DoesNotContain((string)localized["zh-CN"]!, c => pairs.IndexOf(c) % 2 == 1);
            Assert.DoesNotContain((string)localized["zh-TW"]!, c => pairs.IndexOf(c) is >= 0 and var at && at % 2 == 0);
        });
    }

    [Fact]
    public void Commands_say_who_may_use_them_and_where()
    {
        Assert.All(DiscordCommandList.Create().Select(c => c!.AsObject()), command =>
        {
            var isModerate = (string?)command["name"] == "moderate";
            Assert.Equal(isModerate ? "8192" : null, (string?)command["default_member_permissions"]);
            Assert.Equal(isModerate ? "[0]" : "[0,1]", command["contexts"]!.ToJsonString());
            Assert.Equal("[0]", command["integration_types"]!.ToJsonString());
        });
        Assert.All(DiscordCommandList.Create(forServer: true), command => Assert.Null(command!["contexts"] ?? command["integration_types"]));
    }

    [Fact]
    public void Options_are_those_that_are_understood()
    {
        var imagine = DiscordCommandList.Create()[0]!["options"]!.AsArray();
        Assert.Equal(
            ["prompt", "negative", "steps", "sampler", "schedule", "cfg", "seed", "size", "ratio", "model", "preset", "lora", "count", "image", "denoise", "hires", "style"],
            imagine.Select(o => (string?)o!["name"]));
        Assert.Equal(["prompt"], imagine.Where(o => (bool?)o!["required"] == true).Select(o => (string?)o!["name"]));
        Assert.Equal(["sampler", "schedule", "size", "model", "preset", "lora", "style"], imagine.Where(o => (bool?)o!["autocomplete"] == true).Select(o => (string?)o!["name"]));
        Assert.Equal(["1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16"], imagine.Single(o => (string?)o!["name"] == "ratio")!["choices"]!.AsArray().Select(c => (string?)c!["value"]));
        var seed = imagine.Single(o => (string?)o!["name"] == "seed")!;
        Assert.Equal("-1 4294967295", $"{seed["min_value"]!.ToJsonString()} {seed["max_value"]!.ToJsonString()}");
    }

    [Fact]
    public void Each_copy_is_its_own()
    {
        DiscordCommandList.Create()[0]!["name"] = "spoilt";
        Assert.Equal("imagine", (string?)DiscordCommandList.Create()[0]!["name"]);
    }

    private static IEnumerable<JsonObject> Objects(JsonArray all) =>
        all.OfType<JsonObject>().SelectMany(o => new[] { "options", "choices" }.SelectMany(name => o[name] is JsonArray inner ? Objects(inner) : []).Prepend(o));
}
