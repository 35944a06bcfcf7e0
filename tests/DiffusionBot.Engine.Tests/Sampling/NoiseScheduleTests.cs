using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

public sealed class NoiseScheduleTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.StableDiffusion;

    [Fact]
    public void Alphas_and_sigmas_are_those_of_Stable_Diffusion()
    {
        var reference = ReferenceTensors.Open("sampling/alphas.safetensors");
        TensorAssert.Close(reference.Floats("alphas_cumprod"), Schedule.Alphas, 1e-7f, "alphas_cumprod");
        RelativeAssert.Close(reference.Floats("sigmas"), Schedule.Sigmas, 1e-6f, "sigmas");
    }

    [Fact]
    public void Every_timestep_has_its_sigma_and_every_sigma_its_timestep()
    {
        for (var t = 0; t < Schedule.Length; t++)
        {
            Assert.Equal(Schedule.Sigmas[t], Schedule.SigmaOf(t), Schedule.Sigmas[t] * 1e-6f);
            Assert.Equal(t, Schedule.TimestepOf(Schedule.Sigmas[t]), 1e-3f);
        }
    }

    [Theory]
    [InlineData(0.25f)]
    [InlineData(499.5f)]
    [InlineData(998.9f)]
    public void A_timestep_with_fraction_comes_back(float timestep) =>
        Assert.Equal(timestep, Schedule.TimestepOf(Schedule.SigmaOf(timestep)), 1e-3f);

    [Theory]
    [InlineData(0.001f, 0)]
    [InlineData(20f, 999)]
    public void A_sigma_beyond_the_models_own_has_the_timestep_at_that_end(float sigma, float timestep) =>
        Assert.Equal(timestep, Schedule.TimestepOf(sigma));

    [Fact]
    public void In_half_precision_every_step_is_rounded()
    {
        var half = Schedule.InHalf();
        for (var t = 0; t < Schedule.Length; t++)
        {
            var alpha = (Half)Schedule.Alphas[t];
            var sigma = Half.Sqrt((Half.One - alpha) / alpha);
            Assert.Equal((float)alpha, half.Alphas[t]);
            Assert.Equal((float)sigma, half.Sigmas[t]);
            Assert.Equal((float)Half.Sqrt(alpha), half.SignalAt(t));
            Assert.Equal((float)Half.Sqrt(Half.One - alpha), half.NoiseAt(t));
        }
        Assert.Equal((0.03125f, 14.609375f), (half.SigmaMin, half.SigmaMax));   // 0.0292 and 14.6146
    }

    [Fact]
    public void Stretched_it_ends_in_noise_alone_and_begins_as_before()
    {
        var stretched = Schedule.EndingInNoise();
        Assert.Equal(Schedule.Alphas[0], stretched.Alphas[0], 6);
        Assert.Equal(4.8973451890853435e-08f, stretched.Alphas[^1]);
        Assert.Equal(4518.7, stretched.SigmaMax, 0.1);
        Assert.True(stretched.Sigmas[500] > Schedule.Sigmas[500]);
        for (var t = 1; t < stretched.Length; t++) Assert.True(stretched.Sigmas[t] > stretched.Sigmas[t - 1]);
    }

    [Theory]
    [InlineData(199, 0.8, true)]    // (999 - 199) / 1000
    [InlineData(200, 0.8, false)]
    [InlineData(999, 0, true)]
    [InlineData(0, 1, false)]
    public void A_refiners_time_is_by_the_timestep(int timestep, double at, bool isDue) =>
        Assert.Equal(isDue, new Refinement(at, ByStepCount: false, _ => default).IsDue(done: 0, timestep));

    [Theory]
    [InlineData(16, 20, true)]
    [InlineData(15, 20, false)]
    public void Or_once_was_by_the_steps(int done, int looks, bool isDue) =>
        Assert.Equal(isDue, new Refinement(0.8, ByStepCount: true, _ => default).For(looks, s => s).IsDue(done, timestep: 999));

    [Fact]
    public void A_sigmas_timestep_is_the_nearest_ones()
    {
        for (var t = 0; t < Schedule.Length; t += 37) Assert.Equal(t, Schedule.NearestTo(Schedule.Sigmas[t] * 1.0001f));
        Assert.Equal((0, 999), (Schedule.NearestTo(0), Schedule.NearestTo(100)));
    }
}
