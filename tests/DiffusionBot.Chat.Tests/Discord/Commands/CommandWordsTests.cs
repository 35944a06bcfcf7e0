using DiffusionBot.Chat.Discord.Commands;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Tests.Discord.Rest;

namespace DiffusionBot.Chat.Tests.Discord.Commands;

/// <summary>What commands say in the chat grammar.</summary>
public sealed class CommandWordsTests
{
    /// <summary>As it comes from Discord itself, with every option that there is.</summary>
    [Fact]
    public async Task Imagine_says_the_prompt_and_brings_the_rest()
    {
        await using var bench = await RestBench.StartAsync();
        await bench.SendAsync(DiscordRoute.PutCommands(bench.Discord.ApplicationId), DiscordCommandList.Create());
        var interaction = await bench.User.RunsAsync(
            bench.Channel, "imagine", ("prompt", "a red apple"), ("negative", "blurry, dark"), ("steps", 30L), ("sampler", "DPM++ 2M"), ("schedule", "Karras"), ("cfg", 7.5), ("seed", 4294967295L),
            ("size", "512x768"), ("ratio", "16:9"), ("model", "tiny"), ("preset", "anime"), ("lora", "ink"), ("count", 4L), ("denoise", 0.5), ("hires", 1.5), ("style", "watercolor"));
        var said = CommandWords.Of(Data.Parse(interaction.Event["data"]!.ToJsonString()))!;
        Assert.Equal(("/draw a red apple <lora:ink:1>", true), (said.Text, said.Draws));
        Assert.Equal(
            "no=blurry, dark; steps=30; sampler=DPM++ 2M; schedule=Karras; cfg=7.5; seed=4294967295; size=512x768; ar=16:9; model=tiny; preset=anime; n=4; denoise=0.5; hires=1.5; style=watercolor",
            string.Join("; ", said.Parameters.Select(p => $"{p.Key}={p.Value}")));
    }

    [Theory]
    [InlineData("a cat", "ink", "/draw a cat <lora:ink:1>")]
    [InlineData("a cat", "ink:0.8", "/draw a cat <lora:ink:0.8>")]
    [InlineData("a cat", "ink:-.5", "/draw a cat <lora:ink:-.5>")]
    [InlineData("a cat", "ink:", "/draw a cat <lora:ink:1>")]
    [InlineData("a cat", "ink:heavy", "/draw a cat <lora:ink:heavy:1>")]
    [InlineData("a cat", "ink:1e5", "/draw a cat <lora:ink:1e5:1>")]
    [InlineData("a cat", "<lora:ink:0.3>", "/draw a cat <lora:ink:0.3>")]
    [InlineData("a cat", "a>b<c", "/draw a cat <lora:abc:1>")]
    [InlineData("a cat", "<>", "/draw a cat")]
    [InlineData("a cat", "in\nk", "/draw a cat")]
    [InlineData("a cat", "in\u0007k", "/draw a cat")]
    [InlineData("一只猫，(特写:1.2)", "水墨", "/draw 一只猫，(特写:1.2) <lora:水墨:1>")]
    // At the end it would be one of the things that the picture should not have.
    [InlineData("a cat --no dogs", "ink", "/draw <lora:ink:1> a cat --no dogs")]
    [InlineData("一只猫——反向 狗", "ink", "/draw <lora:ink:1> 一只猫——反向 狗")]
    [InlineData("a cat Negative prompt: dogs Steps: 20, Seed: 1", "ink", "/draw <lora:ink:1> a cat Negative prompt: dogs Steps: 20, Seed: 1")]
    public void A_lora_joins_the_prompt(string prompt, string lora, string expected) => Assert.Equal(expected, CommandWords.Of(Data.Command("imagine", ("prompt", prompt), ("lora", lora)))?.Text);

    [Theory]
    [InlineData("preset", "", "/preset", false)]
    [InlineData("preset", "words=a cat", "/preset", false)]
    [InlineData("preset", "name=anime", "/preset anime", true)]
    [InlineData("preset", "name=anime|words=a cat\n--steps 5", "/preset anime a cat\n--steps 5", true)]
    [InlineData("preset", "name=an\nime|words=a cat", "/preset", false)]
    [InlineData("queue", "", "/queue", false)]
    [InlineData("cancel", "", "/cancel", false)]
    [InlineData("cancel", "code= K7Q2M9 ", "/cancel K7Q2M9", false)]
    [InlineData("history", "", "/history", false)]
    [InlineData("history", "code=K7Q2M9", "/collect K7Q2M9", false)]
    [InlineData("models", "", "/models", false)]
    [InlineData("settings", "", "/settings", false)]
    [InlineData("settings", "change=--steps 30 --size 512x768", "/settings --steps 30 --size 512x768", false)]
    [InlineData("settings", "change=reset", "/settings reset", false)]
    [InlineData("settings", "change=--steps 30\n--cfg 7", "/settings --steps 30 --cfg 7", false)]
    [InlineData("settings", "language=zh", "/settings language zh", false)]
    [InlineData("settings", "change=--steps 30|language=zh", "/settings --steps 30", false)]
    [InlineData("help", "", "/help", false)]
    [InlineData("help", "about=parameters", "/help draw", false)]
    [InlineData("moderate pause", "", "/moderate pause", false)]
    [InlineData("moderate resume", "", "/moderate resume", false)]
    [InlineData("moderate block", "user=123456789012345678", "/moderate block discord:123456789012345678", false)]
    [InlineData("moderate unblock", "user=123456789012345678", "/moderate unblock discord:123456789012345678", false)]
    [InlineData("moderate block", "user=everybody", "/moderate block", false)]
    [InlineData("moderate language", "language=auto", "/moderate language auto", false)]
    [InlineData("moderate defaults", "", "/moderate", false)]
    [InlineData("moderate defaults", "flags=--steps 30", "/moderate defaults --steps 30", false)]
    [InlineData("moderate show", "", "/moderate", false)]
    public void Others_say_their_verb(string command, string options, string expected, bool draws)
    {
        var values = options.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('=', 2)).Select(o => (o[0], (object?)o[1])).ToArray();
        var data = command.Split(' ') is [var name, var sub] ? Data.Sub(name, sub, values) : Data.Command(command, values);
        var said = CommandWords.Of(data)!;
        Assert.Equal((expected, draws), (said.Text, said.Draws));
        Assert.Empty(said.Parameters);
    }

    [Fact]
    public async Task Every_command_of_the_list_is_understood()
    {
        await using var bench = await RestBench.StartAsync();
        await bench.SendAsync(DiscordRoute.PutCommands(bench.Discord.ApplicationId), DiscordCommandList.Create());
        foreach (var command in DiscordCommandList.Create().Where(c => (int?)c!["type"] == 1))
        {
            var name = (string)command!["name"]!;
            var subs = command["options"]?.AsArray().Where(o => (int?)o!["type"] == 1).Select(o => (string)o!["name"]!).ToArray() ?? [];
            foreach (var path in subs.Length == 0 ? [name] : subs.Select(s => $"{name} {s}"))
            {
                (string, object)[] values = path switch { "imagine" => [("prompt", "x")], "moderate block" or "moderate unblock" => [("user", bench.User.Id)], "moderate language" => [("language", "en")], _ => [] };
                var interaction = await bench.User.RunsAsync(bench.Channel, path, values);
                Assert.NotNull(CommandWords.Of(Data.Parse(interaction.Event["data"]!.ToJsonString())));
            }
        }
    }

    [Theory]
    [InlineData("dance", 1)]
    [InlineData("Imagine", 1)]
    [InlineData("Parameters", 3)]
    [InlineData("imagine", 2)]
    public void Others_are_not_ours(string name, int type) => Assert.Null(CommandWords.Of(Data.Parse($$"""{"name":"{{name}}","type":{{type}}}""")));
}
