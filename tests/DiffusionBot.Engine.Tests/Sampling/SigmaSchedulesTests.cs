using System.Text.Json;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

public sealed class SigmaSchedulesTests
{
    private static readonly JsonElement[] Reference = [.. TestData.Json("sampling/schedules.json").EnumerateArray()];

    public static TheoryData<string, int> Built()
    {
        var rows = new TheoryData<string, int>();
        foreach (var row in Reference)
        {
            var name = row.GetProperty("schedule").GetString()!;
            if (SigmaSchedules.All.Any(s => s.Name == name)) rows.Add(name, row.GetProperty("steps").GetInt32());
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Built))]
    public void Sigmas_are_those_of_the_reference(string schedule, int steps)
    {
        var expected = Reference.Single(r => r.GetProperty("schedule").GetString() == schedule && r.GetProperty("steps").GetInt32() == steps)
            .GetProperty("sigmas").EnumerateArray().Select(s => s.GetSingle()).ToArray();
        var actual = SigmaSchedules.Find(schedule).Sigmas(new SchedulePlan(NoiseSchedule.StableDiffusion, steps));
        RelativeAssert.Close(expected, actual, 1e-5f, $"{schedule}, {steps} steps");
    }

    [Fact]
    public void The_reference_checks_every_schedule_but_Automatic() =>
        Assert.Equal(SigmaSchedules.All.Select(s => s.Name).Where(n => n != "Automatic").Order(), Built().Select(row => row.Data.Item1).Distinct().Order());

    [Theory]
    [InlineData("karras", "Karras")]
    [InlineData(" EXPONENTIAL ", "Exponential")]
    [InlineData("automatic", "Automatic")]
    [InlineData("sgm_uniform", "SGM Uniform")]
    [InlineData("kl_optimal", "KL Optimal")]
    [InlineData("AYS", "Align Your Steps")]
    public void A_schedule_is_found_however_it_is_written(string asked, string name) => Assert.Equal(name, SigmaSchedules.Find(asked).Name);

    [Fact]
    public void An_unknown_schedule_is_refused_with_the_nearest_and_all_known()
    {
        var refused = Assert.Throws<InvalidRequestException>(() => SigmaSchedules.Find("Karas"));
        Assert.Equal("No schedule is called 'Karas'; the nearest is 'Karras'. Known: Automatic, Uniform, Karras, Exponential, Polyexponential, SGM Uniform, KL Optimal, Align Your Steps, Simple, Normal, DDIM, Beta.", refused.Message);
    }

    [Fact]
    public void Ten_steps_of_Align_Your_Steps_are_the_authors_own_for_each_family()
    {
        var plan = new SchedulePlan(NoiseSchedule.StableDiffusion, 11);
        RelativeAssert.Close([14.615f, 6.475f, 3.861f, 2.697f, 1.886f, 1.396f, 0.963f, 0.652f, 0.399f, 0.152f, 0.029f, 0], SigmaSchedules.AlignYourSteps(plan), 1e-6f, "SD 1.x");
        RelativeAssert.Close(
            [14.615f, 6.315f, 3.771f, 2.181f, 1.342f, 0.862f, 0.555f, 0.380f, 0.234f, 0.113f, 0.029f, 0], SigmaSchedules.AlignYourSteps(plan with { IsSdxl = true }), 1e-6f, "SDXL");
    }

    [Theory]
    [InlineData(0.3, 2, 3, 0.3483)]   // 1 - (1 - x)^4 - 4 x (1 - x)^3
    [InlineData(0.5, 0.6, 0.6, 0.5)]
    [InlineData(0.9, 1, 1, 0.9)]
    public void The_beta_distribution_is_that_of_its_formula(double at, double alpha, double beta, double expected)
    {
        Assert.Equal(expected, BetaDistribution.Probability(at, alpha, beta), 1e-12);
        Assert.Equal(at, BetaDistribution.Quantile(BetaDistribution.Probability(at, alpha, beta), alpha, beta), 1e-12);
    }

    [Fact]
    public void No_schedule_has_numbers_that_are_none_at_any_allowed_setting()
    {
        foreach (var schedule in SigmaSchedules.All)
        {
            foreach (var steps in new[] { 1, 2, 150, 1200 })
            {
                foreach (var rho in new[] { 0.1, 100 })
                {
                    foreach (var (low, high) in new[] { (1e-9, 0.1), (2, 1000) })
                    {
                        var plan = new SchedulePlan(NoiseSchedule.StableDiffusion, steps) { SigmaMin = low, SigmaMax = high, Rho = rho, Beta = (0.01, 5) };
                        Assert.All(schedule.Sigmas(plan), sigma => Assert.True(float.IsFinite(sigma) && sigma >= 0, $"{schedule.Name}, {steps} steps, rho {rho}, {low} to {high}: {sigma}"));
                    }
                }
            }
        }
    }

    [Fact]
    public void No_steps_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => SigmaSchedules.Karras(new SchedulePlan(NoiseSchedule.StableDiffusion, 0)));
}
