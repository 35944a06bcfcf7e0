using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Prompts;

public sealed class PromptScheduleTests
{
    [Fact]
    public void Every_reference_prompt_changes_when_it_does_in_WebUI()
    {
        var count = 0;
        foreach (var c in TestData.Json("text/schedule.json").EnumerateArray())
        {
            var hires = c.GetProperty("hires_steps");
            var length = new PassLength(c.GetProperty("steps").GetInt32())
            {
                HiresSteps = hires.ValueKind == System.Text.Json.JsonValueKind.Null ? null : hires.GetInt32(),
                CountsAsBefore = c.GetProperty("use_old_scheduling").GetBoolean(),
            };
            var expected = c.GetProperty("schedule").EnumerateArray().Select(e => new ScheduledText(e[0].GetInt32(), e[1].GetString()!)).ToList();
            var actual = PromptSchedule.Of(c.GetProperty("prompt").GetString()!, length);
            Assert.True(expected.SequenceEqual(actual), $"{c.GetRawText()}\n{string.Join(' ', actual)}");
            count++;
        }
        Assert.Equal(1232, count);
    }

    [Fact]
    public void Any_text_is_read_in_time_and_given_back_where_nothing_changes()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var text in new[] { new string('[', 20_000), new string('(', 20_000) + new string(')', 20_000), string.Concat(Enumerable.Repeat("[a:", 5000)), string.Concat(Enumerable.Repeat("[a|", 5000)), string.Concat(Enumerable.Repeat("[a:b:5]", 3000)) })
            Assert.NotEmpty(PromptSchedule.Of(text, new PassLength(20)));
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => "[]():|\\ a5.\n"[random.Next(12)]));
            var schedule = PromptSchedule.Of(text, new PassLength(7));
            Assert.Equal(7, schedule[^1].Until);
            if (!text.Contains(':', StringComparison.Ordinal) && !text.Contains('|', StringComparison.Ordinal)) Assert.Equal([new ScheduledText(7, text)], schedule);
        }
    }
}

public sealed class PromptCompositionTests
{
    [Fact]
    public void Every_reference_prompt_is_parted_as_in_WebUI()
    {
        var count = 0;
        foreach (var c in TestData.Json("text/compose.json").EnumerateArray())
        {
            var expected = c.GetProperty("parts").EnumerateArray().Select(e => new WeightedPrompt(e[0].GetString()!, e[1].GetDouble())).ToList();
            var actual = PromptComposition.Split(c.GetProperty("prompt").GetString()!);
            Assert.True(expected.SequenceEqual(actual), $"{c.GetRawText()}\n{string.Join(' ', actual)}");
            count++;
        }
        Assert.Equal(51, count);
    }
}
