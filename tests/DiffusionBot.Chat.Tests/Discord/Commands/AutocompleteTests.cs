using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Commands;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Tests.Discord.Rest;

namespace DiffusionBot.Chat.Tests.Discord.Commands;

/// <summary>Choices while somebody types.</summary>
public sealed class AutocompleteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Every option that the list says suggests, as it comes from Discord.</summary>
    [Theory]
    [InlineData("imagine", "sampler", SuggestionKind.Sampler)]
    [InlineData("imagine", "schedule", SuggestionKind.Schedule)]
    [InlineData("imagine", "model", SuggestionKind.Model)]
    [InlineData("imagine", "preset", SuggestionKind.Preset)]
    [InlineData("imagine", "lora", SuggestionKind.Lora)]
    [InlineData("imagine", "style", SuggestionKind.Style)]
    [InlineData("preset", "name", SuggestionKind.Preset)]
    [InlineData("cancel", "code", SuggestionKind.WaitingRequest)]
    [InlineData("history", "code", SuggestionKind.DrawnRequest)]
    public async Task What_is_typed_is_looked_up(string command, string option, SuggestionKind kind)
    {
        await using var bench = await RestBench.StartAsync();
        await bench.SendAsync(DiscordRoute.PutCommands(bench.Discord.ApplicationId), DiscordCommandList.Create());
        var interaction = await bench.User.TypesAsync(bench.Channel, command, option, (option, " ab "));
        var suggestions = new ScriptedSuggestions(new Suggestion("Shown", "said"));
        var choices = await new Autocomplete(suggestions).ChoicesAsync(Data.Parse(interaction.Event["data"]!.ToJsonString()), "discord:1", "zh-CN", Cancel);
        Assert.Equal("""[{"name":"Shown","value":"said"}]""", choices.ToJsonString());
        Assert.Equal([(kind, "ab", "discord:1", "zh-CN")], suggestions.Asked);
    }

    [Fact]
    public void These_and_the_size_are_all_that_suggest()
    {
        var suggesting = DiscordCommandList.Create().SelectMany(c => (c!["options"]?.AsArray() ?? []).Where(o => (bool?)o!["autocomplete"] == true).Select(o => $"{c["name"]} {o!["name"]}"));
        Assert.Equal(
            ["imagine sampler", "imagine schedule", "imagine size", "imagine model", "imagine preset", "imagine lora", "imagine style", "preset name", "cancel code", "history code"], suggesting);
    }

    [Fact]
    public async Task The_option_in_which_somebody_types_is_found_in_subcommands_too()
    {
        var suggestions = new ScriptedSuggestions(new Suggestion("Shown", "said"));
        var data = Data.Parse("""{"name":"imagine","options":[{"name":"a","type":2,"options":[{"name":"b","type":1,"options":[{"name":"prompt","value":"x"},{"name":"model","value":"t","focused":true}]}]}]}""");
        Assert.Single(await new Autocomplete(suggestions).ChoicesAsync(data, "discord:1", "en-US", Cancel));
        Assert.Equal((SuggestionKind.Model, "t"), (suggestions.Asked[0].Kind, suggestions.Asked[0].Typed));
    }

    [Theory]
    [InlineData("imagine", "prompt", "true")]
    [InlineData("imagine", "model", "false")]
    [InlineData("imagine", "model", "\"true\"")]
    [InlineData("queue", "code", "true")]
    [InlineData("dance", "model", "true")]
    public async Task Nothing_is_known_of_others(string command, string option, string focused)
    {
        var suggestions = new ScriptedSuggestions(new Suggestion("Shown", "said"));
        var data = Data.Parse($$"""{"name":"{{command}}","options":[{"name":"{{option}}","value":"x","focused":{{focused}}}]}""");
        Assert.Empty(await new Autocomplete(suggestions).ChoicesAsync(data, "discord:1", "en-US", Cancel));
        Assert.Empty(suggestions.Asked);
    }

    [Fact]
    public async Task A_weight_goes_with_every_lora()
    {
        var suggestions = new ScriptedSuggestions(new Suggestion("Ink", "ink"), new Suggestion("long", new string('x', 98)));
        var choices = await TypeAsync(suggestions, "lora", "in:0.8");
        Assert.Equal("""[{"name":"Ink:0.8","value":"ink:0.8"}]""", choices.ToJsonString());
        Assert.Equal("in", suggestions.Asked[0].Typed);
        await TypeAsync(suggestions, "lora", "in:");
        Assert.Equal("in", suggestions.Asked[1].Typed);
    }

    [Theory]
    [InlineData("", "512x512", 15)]
    [InlineData("512x", "512x512", 2)]
    [InlineData("1216", "832x1216", 2)]
    [InlineData("768x768", "768x768", 1)]
    [InlineData("640X448", "640x448", 1)]
    [InlineData(" 0640 × 448", null, 0)]
    [InlineData("640 × 448", "640x448", 1)]
    [InlineData("640x", "640x960", 1)]
    [InlineData("99999x99999", null, 0)]
    [InlineData("large", null, 0)]
    public async Task Sizes_are_those_that_match(string typed, string? first, int count)
    {
        var suggestions = new ScriptedSuggestions();
        var choices = await TypeAsync(suggestions, "size", typed);
        Assert.Equal((first, count), ((string?)choices.FirstOrDefault()?["value"], choices.Count));
        Assert.All(choices, c => Assert.Equal((string?)c!["name"], (string?)c["value"]));
        Assert.Empty(suggestions.Asked);
    }

    [Fact]
    public async Task No_choice_is_one_that_Discord_refuses()
    {
        var cats = string.Concat(Enumerable.Repeat("🐈", 60));
        var choices = await TypeAsync(new ScriptedSuggestions(
            new Suggestion(cats, "long label"), new Suggestion("long value", cats), new Suggestion("empty", " "), new Suggestion("half", "a\ud800"), new Suggestion("\udc00b", "half label"),
            new Suggestion("", "no label"), new Suggestion("twice", "twice"), new Suggestion("again", "twice")), "model", "x");
        Assert.Equal(["long label", "half label", "no label", "twice"], choices.Select(c => (string?)c!["value"]));
        Assert.Equal([string.Concat(Enumerable.Repeat("🐈", 49)) + "…", "\ufffdb", "no label", "twice"], choices.Select(c => (string?)c!["name"]));
    }

    [Fact]
    public async Task Twenty_five_are_shown()
    {
        var many = Enumerable.Range(0, 40).Select(n => new Suggestion($"n{n}", $"v{n}")).ToArray();
        var choices = await TypeAsync(new ScriptedSuggestions(many), "model", "x");
        Assert.Equal(Enumerable.Range(0, 25).Select(n => $"v{n}"), choices.Select(c => (string?)c!["value"]));
    }

    [Fact]
    public async Task What_is_asked_for_is_short_and_whole()
    {
        var suggestions = new ScriptedSuggestions();
        await TypeAsync(suggestions, "model", new string('x', 99) + "🐈" + new string('x', 5000), new string('z', 500));
        Assert.Equal((SuggestionKind.Model, new string('x', 99), "discord:1", "en"), suggestions.Asked[0]);
    }

    private static Task<JsonArray> TypeAsync(ScriptedSuggestions suggestions, string option, string typed, string locale = "en-US")
    {
        var data = new JsonObject { ["name"] = "imagine", ["type"] = 1, ["options"] = new JsonArray(new JsonObject { ["name"] = option, ["type"] = 3, ["value"] = typed, ["focused"] = true }) };
        return new Autocomplete(suggestions).ChoicesAsync(Data.Parse(data.ToJsonString()), "discord:1", locale, Cancel);
    }
}
