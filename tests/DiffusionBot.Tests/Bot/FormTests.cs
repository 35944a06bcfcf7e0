using DiffusionBot.Chat;

namespace DiffusionBot.Tests.Bot;

/// <summary>What is chosen in a form besides the words.</summary>
public sealed class FormTests(TestBot bot) : IClassFixture<TestBot>
{
    private static Func<ChatMessage, ChatMessage> Chosen(params (string Name, string Value)[] parameters) =>
        message => message with { Parameters = parameters.ToDictionary(p => p.Name, p => p.Value) };

    [Theory]
    [InlineData("/imagine a cat --steps 9 --seed 1 --no dogs")]
    [InlineData("a cat --steps 9")]
    public async Task What_is_chosen_goes_before_what_is_said(string text)
    {
        var user = bot.Somebody("en");
        var answer = await user.SayAsync(Chosen(("steps", "2"), ("seed", "77"), ("count", "2"), ("negative", "blurry, dark"), ("cfg", " "), ("as-is", "false")), text);
        Assert.DoesNotContain('·', answer.Text);
        var result = await user.HearAsync();
        Assert.StartsWith("a cat\nNegative prompt: blurry, dark\nSteps: 2, ", result.Infotext, StringComparison.Ordinal);
        Assert.Equal(["77", "78"], result.Pictures.Select((_, i) => result.InfotextOf(i).Value("Seed")));
    }

    [Theory]
    [InlineData("/imagine cats instead")]
    [InlineData("/preset cats instead")]
    public async Task A_preset_can_be_chosen(string text)
    {
        var user = bot.Somebody("en");
        await user.SayAsync(Chosen(("preset", "hello-new-world"), ("steps", "1"), ("size", "64x64")), text);
        var infotext = (await user.HearAsync()).InfotextOf();
        Assert.StartsWith("cats instead\nNegative prompt: (low quality", infotext, StringComparison.Ordinal);
        Assert.Equal(("DDIM", "1"), (infotext.Value("Sampler"), infotext.Value("Steps")));
    }

    [Fact]
    public async Task What_was_not_understood_is_told_and_the_rest_is_drawn()
    {
        var user = bot.Somebody("en");
        var answer = await user.SayAsync(Chosen(("steps", "many"), ("facefix", "true"), ("stesp", "3"), ("stylize", "100"), ("lora", "ink:0.8"), ("seed", "6")), "draw a cat");
        Assert.Equal(["--steps is “many”", "--facefix: not drawn yet", "There is no flag --stesp; the nearest is --steps", "--s: Midjourney-only", "--lora: write <lora:ink:0.8>"],
            answer.Text.Split('\n').Skip(1).Select(line => line[2..]).Zip([17, 24, 48, 20, 28], (line, length) => line[..Math.Min(length, line.Length)]));
        Assert.Equal("6", (await user.HearAsync()).InfotextOf().Value("Seed"));
    }

    [Fact]
    public async Task What_is_chosen_changes_what_is_drawn_again_or_answered()
    {
        var user = bot.Somebody("en");
        var first = await user.DrawAsync("a cat --seed 5 --cfg 6");
        await user.SayAsync(Chosen(("steps", "2")), $"again {first.Reference} --steps 9");
        var again = (await user.HearAsync()).InfotextOf();
        Assert.Equal(("2", "6"), (again.Value("Steps"), again.Value("CFG scale")));
        await user.SayAsync(message => Chosen(("steps", "3"))(message) with { RepliedTo = first.AsAnswered() }, "");
        var edited = (await user.HearAsync()).InfotextOf();
        Assert.Equal(("3", "5"), (edited.Value("Steps"), edited.Value("Seed")));
    }
}
