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
    public void A_schedule_is_found_however_it_is_written(string asked, string name) => Assert.Equal(name, SigmaSchedules.Find(asked).Name);

    [Fact]
    public void An_unknown_schedule_is_refused_with_the_nearest_and_all_known()
    {
        var refused = Assert.Throws<InvalidRequestException>(() => SigmaSchedules.Find("Karas"));
        Assert.Equal("No schedule is called 'Karas'; the nearest is 'Karras'. Known: Automatic, Uniform, Karras, Exponential.", refused.Message);
    }

    [Fact]
    public void No_steps_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => SigmaSchedules.Karras(new SchedulePlan(NoiseSchedule.StableDiffusion, 0)));
}
