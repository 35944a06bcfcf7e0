using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

public sealed class SamplerTableTests
{
    [Theory]
    [InlineData("Euler a", "Euler a")]
    [InlineData("EULER A", "Euler a")]
    [InlineData("euler_a", "Euler a")]
    [InlineData("k_euler_a", "Euler a")]
    [InlineData("euler_ancestral", "Euler a")]
    [InlineData("Euler Ancestral", "Euler a")]
    [InlineData("k_euler", "Euler")]
    [InlineData("dpmpp_2m", "DPM++ 2M")]
    [InlineData("DPM++2M", "DPM++ 2M")]
    [InlineData("ddim", "DDIM")]
    public void A_sampler_is_found_by_its_names(string asked, string name) => Assert.Equal(name, SamplerTable.Find(asked).Sampler.Name);

    [Theory]
    [InlineData("Euler a", "Automatic", "Euler a", "Automatic")]
    [InlineData("Euler a", "karras", "Euler a", "Karras")]
    [InlineData("Euler a Karras", "Automatic", "Euler a", "Karras")]
    [InlineData("DPM++ 2M", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("DPM++ 2M", "Uniform", "DPM++ 2M", "Uniform")]
    [InlineData("DPM++ 2M Karras", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("DPM++ 2M Exponential", "Karras", "DPM++ 2M", "Exponential")]
    [InlineData("k_dpmpp_2m_ka", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("DPM++ 2M Automatic", "Automatic", "DPM++ 2M", "Karras")]
    [InlineData("DDIM", "Automatic", "DDIM", "Automatic")]
    public void Sampler_and_schedule_come_to_what_the_infotext_names(string sampler, string schedule, string name, string label)
    {
        var choice = SamplerTable.Find(sampler, schedule);
        Assert.Equal((name, label), (choice.Sampler.Name, choice.ScheduleLabel));
    }

    [Theory]
    [InlineData("Eular a", "No sampler is called 'Eular a'; the nearest is 'Euler a'. Known: DPM++ 2M, Euler a, Euler, DDIM.")]
    [InlineData("DMP++ 2M Karras", "No sampler is called 'DMP++ 2M Karras'; the nearest is 'DPM++ 2M'. Known: DPM++ 2M, Euler a, Euler, DDIM.")]
    public void An_unknown_sampler_is_refused_with_the_nearest_and_all_known(string asked, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidRequestException>(() => SamplerTable.Find(asked)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("Karras")]
    [InlineData("欧拉")]
    [InlineData("'; --")]
    public void What_names_no_sampler_is_refused(string asked) => Assert.Throws<InvalidRequestException>(() => SamplerTable.Find(asked));

    [Fact]
    public void A_name_as_long_as_a_novel_is_not_quoted_back()
    {
        var refused = Assert.Throws<InvalidRequestException>(() => SamplerTable.Find(new string('x', 1_000_000)));
        Assert.InRange(refused.Message.Length, 1, 250);
    }

    [Fact]
    public void An_unknown_schedule_is_refused_though_the_sampler_names_one() =>
        Assert.Throws<InvalidRequestException>(() => SamplerTable.Find("DPM++ 2M Karras", "Kerras"));
}
