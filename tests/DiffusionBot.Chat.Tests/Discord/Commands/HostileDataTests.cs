using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Commands;

namespace DiffusionBot.Chat.Tests.Discord.Commands;

/// <summary>`data` that no Discord sends: nothing of it is an error, and nothing of it is believed.</summary>
public sealed class HostileDataTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"imagine\"")]
    [InlineData("{}")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("""{"name":"imagine","type":9e99}""", true)]
    [InlineData("""{"name":"moderate","type":1}""")]
    [InlineData("""{"name":"moderate","type":1,"options":{"name":"pause"}}""")]
    [InlineData("""{"name":"moderate","type":1,"options":[[]]}""")]
    [InlineData("""{"name":"moderate","type":1,"options":[{"name":"explode"}]}""")]
    public async Task What_names_no_command_is_none(string json, bool isOurs = false)
    {
        Assert.Equal(isOurs, CommandWords.Of(Data.Parse(json)) is not null);
        Assert.Empty(await new Autocomplete(new ScriptedSuggestions()).ChoicesAsync(Data.Parse(json), "discord:1", "en-US", Cancel));
    }

    [Fact]
    public void Nothing_at_all_is_no_command() => Assert.Null(CommandWords.Of(default));

    [Theory]
    [InlineData("""[{"name":"steps","value":"30"},{"name":"cfg","value":"7"},{"name":"seed","value":1.5},{"name":"count","value":null},{"name":"size","value":512},{"name":"negative","value":{}}]""")]
    [InlineData("""[{"name":"cfg","value":1e999},{"name":"steps","value":1e30},{"name":"seed","value":99999999999999999999},{"name":"model","value":["x"]},{"name":"preset","value":true}]""")]
    [InlineData("""[{"name":"cfg","value":-1001},{"name":"sampler","value":"\ud83d"},{"name":"schedule","value":"a\u0000b"},{"name":"size","value":"  "},{"name":"ratio"}]""")]
    [InlineData("""[{"value":"x"},{"name":null,"value":"x"},7,null,[[]],{"name":"lora","value":"\udc00"},{"name":"prompt","value":9}]""")]
    [InlineData("""{"name":"prompt","value":"a cat"}""")]
    [InlineData("7")]
    public void Values_of_another_kind_are_left_out(string options)
    {
        var said = CommandWords.Of(Data.Parse($$"""{"name":"imagine","type":1,"options":{{options}}}"""))!;
        Assert.Equal("/draw", said.Text);
        Assert.Empty(said.Parameters);
    }

    [Fact]
    public void Of_two_with_one_name_the_first_counts()
    {
        var said = CommandWords.Of(Data.Command("imagine", ("prompt", "a cat"), ("prompt", "a dog"), ("steps", 5), ("steps", 50)))!;
        Assert.Equal(("/draw a cat", "5"), (said.Text, said.Parameters["steps"]));
    }

    [Fact]
    public void Control_characters_do_not_come_through()
    {
        var said = CommandWords.Of(Data.Command("imagine", ("prompt", "a\0 cat\r\nand\u2028a\u001b[31m dog"), ("negative", "dark\r\n--steps 99\0")))!;
        Assert.Equal("/draw a  cat\nand\na [31m dog", said.Text);
        Assert.Equal("dark --steps 99", said.Parameters["no"]);
    }

    [Fact]
    public void Too_long_a_text_is_none()
    {
        Assert.Equal("/draw", CommandWords.Of(Data.Command("imagine", ("prompt", new string('x', 1_000_000))))!.Text);
        // 4000 characters of two units each are what Discord lets through.
        var longest = string.Concat(Enumerable.Repeat("🐈", 4000));
        Assert.Equal($"/draw {longest}", CommandWords.Of(Data.Command("imagine", ("prompt", longest)))!.Text);
    }

    [Fact]
    public async Task Two_hundred_levels_are_not_gone_down()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"name":"moderate","type":1,"options":[""", 200)) + string.Concat(Enumerable.Repeat("]}", 200));
        Assert.Null(CommandWords.Of(Data.Parse(deep)));
        Assert.Empty(await new Autocomplete(new ScriptedSuggestions()).ChoicesAsync(Data.Parse(deep), "discord:1", "en-US", Cancel));
        var value = new string('[', 200) + new string(']', 200);
        Assert.Equal("/draw", CommandWords.Of(Data.Parse($$"""{"name":"imagine","options":[{"name":"prompt","value":{{value}}}]}"""))!.Text);
    }

    /// <summary>Right data with one thing after another made wrong: no error, and what goes on stays one command.</summary>
    [Fact]
    public async Task Data_changed_at_random_is_no_error()
    {
        var seed = Asked.Seed("SEED");
        var random = new Random(seed);
        string[] bad = ["null", "7", "-1e300", "true", "\"\\ud800\"", "\"x\\u0000y\"", "{}", "[]", "[[[[]]]]", "{\"name\":\"pause\"}", "\"\"", "[{\"name\":\"size\",\"focused\":true,\"value\":\"\\udfff\"}]"];
        string[] commands = ["imagine", "preset", "cancel", "history", "settings", "help", "moderate"];
        var autocomplete = new Autocomplete(new ScriptedSuggestions());
        for (var i = 0; i < 3000; i++)
        {
            var name = commands[random.Next(commands.Length)];
            var json = $$"""{"name":"{{name}}","type":1,"options":[{"name":"prompt","value":"a cat","focused":false},{"name":"lora","value":"ink:0.8","focused":true},{"name":"block","options":[{"name":"user","value":"123"}]}]}""";
            string[] pieces = ["\"imagine\"", $"\"{name}\"", "\"prompt\"", "\"a cat\"", "true", "false", "\"ink:0.8\"", "\"123\"", "1"];
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var piece = pieces[random.Next(pieces.Length)];
                var at = json.IndexOf($":{piece}", StringComparison.Ordinal);
                if (at >= 0) json = $"{json[..(at + 1)]}{bad[random.Next(bad.Length)]}{json[(at + 1 + piece.Length)..]}";
            }
            var data = Data.Parse(json);
            if (CommandWords.Of(data) is { } said)
            {
                Assert.StartsWith("/", said.Text, StringComparison.Ordinal);
                Assert.DoesNotContain(said.Text, c => char.IsControl(c) && c != '\n');
            }
            Assert.InRange((await autocomplete.ChoicesAsync(data, "discord:1", "zh-CN", Cancel)).Count, 0, 25);
        }
    }
}
