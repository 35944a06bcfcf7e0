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
    [InlineData("DPM++ SDE Karras", "Automatic", "DPM++ SDE", "Karras")]
    [InlineData("DPM++ 2M SGM Uniform", "Automatic", "DPM++ 2M", "SGM Uniform")]
    [InlineData("UniPC", "Beta", "UniPC", "Beta")]
    public void What_is_there_is_known(string sampler, string schedule, string found, string foundSchedule) =>
        Assert.Equal(new SamplerMatch(found, foundSchedule, KnowsSampler: true, KnowsSchedule: true), ImageEngine.MatchSampler(sampler, schedule));

    [Theory]
    [InlineData("DEIS Karras", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("iPNDM", "Exponential", "LMS", "Exponential")]
    [InlineData("dpmpp_2m_sde_gpu", "Automatic", "DPM++ 2M SDE", "Automatic")]
    [InlineData("uni_pc_bh2", "Automatic", "UniPC", "Automatic")]
    [InlineData("HeunPP2", "Automatic", "Heun", "Automatic")]
    [InlineData("ER SDE", "Automatic", "DPM++ 2M SDE", "Automatic")]
    [InlineData("DDPM", "Automatic", "Euler a", "Automatic")]
    [InlineData("DPM++ 2M SDF", "Automatic", "DPM++ 2M SDE", "Automatic")]
    [InlineData("Euler a CFG++", "Automatic", "Euler a", "Automatic")]
    [InlineData("Euler CFG++ x", "Automatic", "Euler", "Automatic")]
    [InlineData("Eular", "Automatic", "Euler", "Automatic")]
    [InlineData("something", "Automatic", "Euler a", "Automatic")]
    [InlineData("", "Automatic", "Euler a", "Automatic")]
    public void What_is_not_there_has_a_kin(string sampler, string schedule, string used, string usedSchedule) =>
        Assert.Equal(new SamplerMatch(used, usedSchedule, KnowsSampler: false, KnowsSchedule: true), ImageEngine.MatchSampler(sampler, schedule));

    [Theory]
    [InlineData("DPM++ 2M", "Align Your Steps 32", "DPM++ 2M", "Align Your Steps")]
    [InlineData("DPM++ 2M Karras Exponential", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("Euler", "SGM Unifrom", "Euler", "SGM Uniform")]
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
        foreach (var asked in new[] { "iPNDM", "DEIS", "DDPM", "SA-Solver", "DPM++ 4M SDE", "restart2", "plms x", "lcm 2", "heun 3", "?" })
        {
            var match = ImageEngine.MatchSampler(asked, "Bong");
            Assert.Equal(match with { KnowsSampler = true, KnowsSchedule = true }, ImageEngine.MatchSampler(match.Sampler, match.Schedule));
        }
    }
}
