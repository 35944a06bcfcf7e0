using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

/// <summary>Whole runs against WebUI's, and what a run promises while it goes.</summary>
public sealed class LatentSamplerTests
{
    public static TheoryData<string> Runs() => [.. ReferenceRun.All.Keys];

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_ends_in_the_latent_of_the_reference(string id)
    {
        var run = ReferenceRun.All[id];
        TensorAssert.CloseInL2(run.Expected, run.Draw(), run.Tolerance, id);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Names_are_those_of_the_references_infotext(string id)
    {
        var run = ReferenceRun.All[id];
        var choice = SamplerTable.Find(run.Sampler, run.Scheduler);
        Assert.Contains($"Sampler: {choice.Sampler.Name}, Schedule type: {choice.ScheduleLabel}, ", run.Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_has_294_runs_of_every_sampler_and_schedule_in_both_parameterizations_from_noise_and_from_pictures()
    {
        Assert.Equal(294, ReferenceRun.All.Count);
        foreach (var sampler in SamplerTable.All)
        {
            var runs = ReferenceRun.All.Values.Where(run => run.Sampler == sampler.Name).ToArray();
            Assert.Contains(runs, run => run.Type == PredictionType.Eps);
            Assert.Contains(runs, run => run.Type == PredictionType.V);
            Assert.Contains(runs, run => run.Id.Contains("img2img", StringComparison.Ordinal));
        }
        Assert.All(SigmaSchedules.All, schedule => Assert.Contains(ReferenceRun.All.Values, run => run.Scheduler == schedule.Name));
    }

    [Theory]
    [InlineData("Euler a/batch")]
    [InlineData("DDIM/batch")]
    [InlineData("Euler a/cpu")]
    public void The_same_seed_gives_the_same_numbers(string id) => Assert.Equal(ReferenceRun.All[id].Draw(), ReferenceRun.All[id].Draw());

    [Fact]
    public void Without_guidance_the_negative_prompt_is_not_asked_for()
    {
        var looks = 0;
        ReferenceRun.All["cfg=1"].Draw(unet: (x, timestep, cond, uncond) =>
        {
            Assert.True(uncond.IsEmpty);
            looks++;
            ReferenceRun.ClosedForm(x, timestep, cond, uncond);
        });
        Assert.Equal(10, looks);
    }

    [Theory]
    [InlineData("Euler a/20")]
    [InlineData("DPM++ 2M/steps=37")]
    [InlineData("DDIM/20")]
    [InlineData("DDIM/steps=37")]
    public void Progress_never_falls_and_ends_at_the_steps_that_were_asked_for(string id)
    {
        var steps = new List<int>();
        ReferenceRun.All[id].Draw(done: (step, _) => steps.Add(step));
        Assert.Equal(steps.Order(), steps);
        Assert.InRange(steps[0], 1, 2);
        Assert.Equal(ReferenceRun.All[id].Steps, steps[^1]);
    }

    [Fact]
    public void The_last_guess_is_the_latent_where_a_schedule_ends_at_zero()
    {
        float[] last = [];
        var latent = ReferenceRun.All["Euler a/10"].Draw(done: (_, x0) => last = x0.ToArray());
        TensorAssert.Close(latent, last, 1e-5f, "last guess");
    }

    [Theory]
    [InlineData("Euler a/10")]
    [InlineData("DDIM/10")]
    public void A_cancelled_run_does_not_look_at_the_model_again(string id)
    {
        using var cancel = new CancellationTokenSource();
        var looks = 0;
        Assert.Throws<OperationCanceledException>(() => ReferenceRun.All[id].Draw(cancel: cancel, unet: (x, timestep, cond, uncond) =>
        {
            if (++looks == 3) cancel.Cancel();
            ReferenceRun.ClosedForm(x, timestep, cond, uncond);
        }));
        Assert.Equal(3, looks);
    }
}
