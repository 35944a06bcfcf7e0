using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord;
using DiffusionBot.Chat.Discord.Commands;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Tests.Discord.Rest;
using DiffusionBot.FakeDiscord.Rest;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Tests.Discord.Commands;

/// <summary>Commands are written where Discord does not have them as they are, and nowhere else.</summary>
public sealed class RegistrationTests
{
    private const string PutGlobal = "PUT /applications/{application}/commands", PutServer = "PUT /applications/{application}/guilds/{guild}/commands";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_are_written_once()
    {
        await using var bench = await RestBench.StartAsync();
        await EnsureAsync(bench, "were written: 11, of which 11 differed: imagine (missing), preset (missing)");
        await EnsureAsync(bench, "are as they should be: 11");
        Assert.Equal([200], bench.Answers(PutGlobal));
        Assert.Equal(11, bench.Discord.CommandsOf(null).Count);
    }

    /// <summary>Whatever of ours is other there, or is there and not ours.</summary>
    [Theory]
    [InlineData("imagine (changed)", "0.description")]
    [InlineData("imagine (changed)", "0.options.0.description_localizations.zh-TW")]
    [InlineData("imagine (changed)", "0.options.2.max_value")]
    [InlineData("imagine (changed)", "0.options.8.choices.3.value")]
    [InlineData("imagine (changed)", "0.options.5.-")]
    [InlineData("imagine (changed)", "0.options.5.autocomplete+")]
    [InlineData("imagine (changed)", "0.name_localizations.ja+")]
    [InlineData("queue (changed)", "2.default_member_permissions+")]
    [InlineData("queue (changed)", "2.contexts.1-")]
    [InlineData("moderate (changed)", "8.options.2.options.0.required-")]
    [InlineData("help (missing), old (not ours)", "7.name")]
    [InlineData("Draw again (missing)", "10-")]
    public async Task A_difference_is_mended(string expected, string what)
    {
        await using var bench = await RestBench.StartAsync();
        var other = DiscordCommandList.Create();
        Spoil(other, what);
        await bench.SendAsync(DiscordRoute.PutCommands(bench.Discord.ApplicationId), other);
        await EnsureAsync(bench, $"differed: {expected}");
        await EnsureAsync(bench, "are as they should be");
        Assert.Equal([200, 200], bench.Answers(PutGlobal));
    }

    [Fact]
    public void What_Discord_writes_in_another_way_is_the_same()
    {
        var there = DiscordCommandList.Create();
        foreach (var command in there.Select(c => c!.AsObject()))
        {
            (command["id"], command["version"], command["nsfw"], command["dm_permission"], command["handler"], command["something_new"]) = ("1", "2", false, true, null, new JsonObject { ["deep"] = 1 });
            command["contexts"] = new JsonArray([.. command["contexts"]!.AsArray().Reverse().Select(n => n!.DeepClone())]);
            command.TryAdd("options", new JsonArray());
            command.TryAdd("description", "");
        }
        var steps = there[0]!["options"]![2]!.AsObject();
        (steps["required"], steps["min_value"], steps["choices"], steps["max_length"]) = (false, 1, null, null);
        var text = there.ToJsonString().Replace("\"max_value\":30", "\"max_value\":30.0", StringComparison.Ordinal);
        Assert.Contains("30.0", text, StringComparison.Ordinal);
        Assert.Empty(CommandComparison.Differences(DiscordCommandList.Create(), Data.Parse(text)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1,null,{},{\"name\":5,\"type\":\"x\"}]")]
    [InlineData("[{\"name\":\"imagine\",\"type\":1,\"options\":7,\"name_localizations\":[],\"contexts\":{}}]")]
    public void Whatever_is_there_is_compared(string there) => Assert.InRange(CommandComparison.Differences(DiscordCommandList.Create(), Data.Parse(there)).Count, 11, 15);

    [Fact]
    public async Task On_servers_of_the_options_they_are_and_nowhere_else()
    {
        await using var bench = await RestBench.StartAsync();
        var other = bench.Discord.AddGuild("other");
        await EnsureAsync(bench, "were written: 11");
        bench.Settings.CommandServers.Add($"{bench.Guild.Id}");
        await EnsureAsync(bench, $"(server {bench.Guild.Id}) were written: 11", "(global) were written: 0, of which 11 differed: imagine (not ours)");
        Assert.Equal((11, 0, 0), (bench.Discord.CommandsOf(bench.Guild).Count, bench.Discord.CommandsOf(other).Count, bench.Discord.CommandsOf(null).Count));
        await EnsureAsync(bench, $"(server {bench.Guild.Id}) are as they should be: 11", "(global) are as they should be: 0");
        Assert.Equal([200, 200], bench.Answers(PutGlobal));
        Assert.Equal([200], bench.Answers(PutServer));
    }

    [Fact]
    public async Task A_server_without_the_bot_keeps_no_other_from_its_commands()
    {
        await using var bench = await RestBench.StartAsync();
        bench.Settings.CommandServers.Add("123456789012345678");
        bench.Settings.CommandServers.Add($"{bench.Guild.Id}");
        await EnsureAsync(bench, "could not be put on server 123456789012345678: Discord: GET /applications/{application}/guilds/{guild}/commands: 403 50001 Missing Access.", "were written: 11");
        Assert.Equal(11, bench.Discord.CommandsOf(bench.Guild).Count);
    }

    [Fact]
    public async Task A_refusal_is_told()
    {
        await using var bench = await RestBench.StartAsync();
        bench.Discord.Fail(PutGlobal, 5, Failure.Error(400, 50035, "Invalid Form Body"));
        var error = await bench.FailsAsync(() => EnsureAsync(bench));
        Assert.Equal((400, 50035), (error.Status, error.Code));
    }

    [Theory]
    [InlineData("12345678901234")]
    [InlineData("-123456789012345")]
    [InlineData("99999999999999999999")]
    [InlineData("my server, by name")]
    public void A_server_is_told_by_its_id(string id)
    {
        var options = new DiscordOptions();
        options.CommandServers.Add("123456789012345678");
        options.CommandServers.Add(id);
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        Assert.StartsWith($"Discord:CommandServers has \"{id}\"; expected a server's id", Assert.Single(results).ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task EnsureAsync(RestBench bench, params string[] logged)
    {
        var log = new TestLog<CommandRegistration>(bench.Settings.Token);
        await new CommandRegistration(bench.Rest, Options.Create(bench.Settings), log).EnsureAsync(bench.Discord.ApplicationId, Cancel);
        log.NoSecrets();
        Assert.All(logged, text => Assert.Contains(log.Lines, line => line.Contains(text, StringComparison.Ordinal)));
    }

    /// <summary>Changes what stands at a path; `+` behind it adds something, `-` removes it.</summary>
    private static void Spoil(JsonArray commands, string what)
    {
        var path = what.TrimEnd('+', '-').TrimEnd('.').Split('.');
        JsonNode at = commands;
        foreach (var part in path[..^1]) at = at is JsonArray array ? array[int.Parse(part)]! : at[part]!;
        var last = path[^1];
        if (what.EndsWith('-'))
        {
            if (at is JsonArray array) array.RemoveAt(int.Parse(last));
            else at.AsObject().Remove(last);
        }
        else
        {
            at[last] = last switch { "autocomplete" => true, "default_member_permissions" => "8", "max_value" => 149, "name" => "old", _ => "other" };
        }
    }
}
