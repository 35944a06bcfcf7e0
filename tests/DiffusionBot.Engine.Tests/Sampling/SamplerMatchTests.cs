using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

public sealed class SamplerMatchTests
{
    [Theory]
    [InlineData("Euler a", "Automatic", "Euler a", "Automatic")]
    [InlineData("k_euler_ancestral", "automatic", "Euler a", "Automatic")]
    [InlineData("DPM++ 2M Karras", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("dpm++ 2m", "karras", "DPM++ 2M", "Karras")]
    [InlineData("DDIM", "Automatic", "DDIM", "Automatic")]
    public void What_is_there_is_known(string sampler, string schedule, string found, string foundSchedule) =>
        Assert.Equal(new SamplerMatch(found, foundSchedule, KnowsSampler: true, KnowsSchedule: true), ImageEngine.MatchSampler(sampler, schedule));

    [Theory]
    [InlineData("DPM++ SDE Karras", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("DPM++ 2M SDE", "Exponential", "DPM++ 2M", "Exponential")]
    [InlineData("DPM++ 2S a Karras", "Automatic", "Euler a", "Karras")]
    [InlineData("DPM2 a", "Automatic", "Euler a", "Automatic")]
    [InlineData("UniPC", "Automatic", "DPM++ 2M", "Automatic")]
    [InlineData("LMS", "Automatic", "Euler", "Automatic")]
    [InlineData("Heun", "Automatic", "Euler", "Automatic")]
    [InlineData("PLMS", "Automatic", "DDIM", "Automatic")]
    [InlineData("LCM", "Automatic", "Euler a", "Automatic")]
    [InlineData("Eular", "Automatic", "Euler", "Automatic")]
    [InlineData("something", "Automatic", "Euler a", "Automatic")]
    [InlineData("", "Automatic", "Euler a", "Automatic")]
    public void What_is_not_there_has_a_kin(string sampler, string schedule, string used, string usedSchedule) =>
        Assert.Equal(new SamplerMatch(used, usedSchedule, KnowsSampler: false, KnowsSchedule: true), ImageEngine.MatchSampler(sampler, schedule));

    [Theory]
    [InlineData("DPM++ 2M", "SGM Uniform", "DPM++ 2M", "Uniform")]
    [InlineData("DPM++ 2M SGM Uniform", "Automatic", "DPM++ 2M", "Uniform")]
    [InlineData("DPM++ 2M Karras", "something", "DPM++ 2M", "Karras")]
    [InlineData("Euler", "Kerras", "Euler", "Karras")]
    [InlineData("Euler", "something", "Euler", "Automatic")]
    public void A_schedule_that_is_not_there_has_a_kin(string sampler, string schedule, string used, string usedSchedule) =>
        Assert.Equal(new SamplerMatch(used, usedSchedule, KnowsSampler: true, KnowsSchedule: false), ImageEngine.MatchSampler(sampler, schedule));

    [Fact]
    public void What_is_known_can_be_drawn_with_and_so_can_what_is_offered()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string[] pieces = ["DPM++ 2M", "Euler", " a", "DDIM", " Karras", "Ka", "SGM ", "Uniform", "Beta", "Poly", "exponential", "Automatic", "x", " ", ""];
        for (var i = 0; i < 5000; i++)
        {
            var (sampler, schedule) = (Name(), Name());
            var match = ImageEngine.MatchSampler(sampler, schedule);
            var offered = SamplerTable.Find(match.Sampler, match.Schedule);
            if (!match.KnowsSampler || !match.KnowsSchedule) continue;
            Assert.True(offered == SamplerTable.Find(sampler, schedule), $"seed {seed}: “{sampler}”, “{schedule}”");
        }

        string Name() => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    [Fact]
    public void What_is_offered_instead_is_there()
    {
        Assert.All(ImageEngine.Samplers, sampler => Assert.True(ImageEngine.MatchSampler(sampler, "Automatic").KnowsSampler));
        foreach (var asked in new[] { "LMS", "UniPC", "PLMS", "DPM fast", "DPM2 a", "LCM", "?" })
        {
            var match = ImageEngine.MatchSampler(asked, "Beta");
            Assert.Equal(match with { KnowsSampler = true, KnowsSchedule = true }, ImageEngine.MatchSampler(match.Sampler, match.Schedule));
        }
    }
}
