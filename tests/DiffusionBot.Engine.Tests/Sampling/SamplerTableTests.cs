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
    [InlineData("k_dpmpp_sde", "DPM++ SDE")]
    [InlineData("dpmpp_2m_sde", "DPM++ 2M SDE")]
    [InlineData("k_dpmpp_2m_sde_heun", "DPM++ 2M SDE Heun")]
    [InlineData("dpmpp_2s_ancestral", "DPM++ 2S a")]
    [InlineData("k_dpmpp_3m_sde", "DPM++ 3M SDE")]
    [InlineData("k_lms", "LMS")]
    [InlineData("k_heun", "Heun")]
    [InlineData("k_dpm_2", "DPM2")]
    [InlineData("k_dpm_2_a", "DPM2 a")]
    [InlineData("k_dpm_fast", "DPM fast")]
    [InlineData("k_dpm_ad", "DPM adaptive")]
    [InlineData("restart", "Restart")]
    [InlineData("ddim cfg++", "DDIM CFG++")]
    [InlineData("plms", "PLMS")]
    [InlineData("uni_pc", "UniPC")]
    [InlineData("k_lcm", "LCM")]
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
    [InlineData("DPM++ SDE", "Automatic", "DPM++ SDE", "Karras")]
    [InlineData("DPM++ 2M SDE Karras", "Automatic", "DPM++ 2M SDE", "Karras")]
    [InlineData("DPM++ 2M SGM Uniform", "Automatic", "DPM++ 2M", "SGM Uniform")]
    [InlineData("DPM++ 2M SGMUniform", "Automatic", "DPM++ 2M", "SGM Uniform")]
    [InlineData("Euler Polyexponential", "Automatic", "Euler", "Polyexponential")]
    [InlineData("Euler DDIM", "Automatic", "Euler", "DDIM")]
    [InlineData("DPM2 a", "Automatic", "DPM2 a", "Karras")]
    [InlineData("DPM fast", "Automatic", "DPM fast", "Automatic")]
    public void Sampler_and_schedule_come_to_what_the_infotext_names(string sampler, string schedule, string name, string label)
    {
        var choice = SamplerTable.Find(sampler, schedule);
        Assert.Equal((name, label), (choice.Sampler.Name, choice.ScheduleLabel));
    }

    [Theory]
    [InlineData("Eular a", "No sampler is called 'Eular a'; the nearest is 'Euler a'.")]
    [InlineData("DMP++ 2M Karras", "No sampler is called 'DMP++ 2M Karras'; the nearest is 'DPM++ 2M'.")]
    public void An_unknown_sampler_is_refused_with_the_nearest_and_all_known(string asked, string message) =>
        Assert.Equal($"{message} Known: {string.Join(", ", SamplerTable.All.Select(s => s.Name))}.", Assert.Throws<InvalidRequestException>(() => SamplerTable.Find(asked)).Message);

    [Fact]
    public void All_samplers_of_WebUI_are_there_in_its_order() =>
        Assert.Equal(
            "DPM++ 2M, DPM++ SDE, DPM++ 2M SDE, DPM++ 2M SDE Heun, DPM++ 2S a, DPM++ 3M SDE, Euler a, Euler, LMS, Heun, DPM2, DPM2 a, DPM fast, DPM adaptive, Restart, DDIM, DDIM CFG++, PLMS, UniPC, LCM",
            string.Join(", ", SamplerTable.All.Select(s => s.Name)));

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
        Assert.InRange(refused.Message.Length, 1, 400);
    }

    [Fact]
    public void An_unknown_schedule_is_refused_though_the_sampler_names_one() =>
        Assert.Throws<InvalidRequestException>(() => SamplerTable.Find("DPM++ 2M Karras", "Kerras"));
}
