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
}
