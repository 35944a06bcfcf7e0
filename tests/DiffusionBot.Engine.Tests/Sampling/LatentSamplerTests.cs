using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

/// <summary>Whole runs against WebUI's, and what a run promises while it goes.</summary>
public sealed class LatentSamplerTests
{
    private const double Tolerance = 1e-4;

    private static readonly string[] NoiseOptions = ["randn_source", "eta_noise_seed_delta"];

    public static TheoryData<string> Runs() =>
        [.. ReferenceRun.All.Values.Where(run => run.IsBuilt && run.Options.All(NoiseOptions.Contains)).Select(run => run.Id)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_ends_in_the_latent_of_the_reference(string id)
    {
        var run = ReferenceRun.All[id];
        TensorAssert.CloseInL2(run.Expected, run.Draw(), Tolerance, id);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Names_are_those_of_the_references_infotext(string id)
    {
        var run = ReferenceRun.All[id];
        var choice = SamplerTable.Find(run.Sampler, run.Scheduler);
        Assert.Contains($"Sampler: {choice.Sampler.Name}, Schedule type: {choice.ScheduleLabel}, ", run.Infotext, StringComparison.Ordinal);
        if (run.Options.Contains("eta_noise_seed_delta"))
            Assert.Equal(choice.Sampler.UsesEnsd, run.Infotext.Contains("ENSD: ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_reference_has_runs_of_every_sampler_in_both_parameterizations_and_with_every_noise_option()
    {
        var runs = Runs().Select(row => ReferenceRun.All[row.Data]).ToArray();
        foreach (var sampler in SamplerTable.All)
        {
            Assert.Contains(runs, run => run.Sampler == sampler.Name && run.Type == PredictionType.Eps);
            Assert.Contains(runs, run => run.Sampler == sampler.Name && run.Type == PredictionType.V);
        }
        Assert.All(NoiseOptions, option => Assert.Contains(runs, run => run.Options.Contains(option)));
    }

    [Fact]
    public void Eta_says_how_much_of_Euler_ancestrals_noise_is_new() => CheckWith("Euler a/eta",
        new SigmaSampler("Euler a", [], (denoise, x, sigmas, noise) => Samplers.EulerAncestral(denoise, x, sigmas, noise, eta: 0.5f)));

    [Fact]
    public void Eta_says_how_much_of_DDIMs_noise_is_new() => CheckWith("DDIM/eta",
        new TimestepSampler("DDIM", [], (denoise, x, timesteps, alphas, noise) => TimestepSamplers.Ddim(denoise, x, timesteps, alphas, noise, eta: 0.67f)));

    [Fact]
    public void A_sampler_may_leave_out_the_last_sigma_before_zero() => CheckWith("discard",
        (SigmaSampler)SamplerTable.Find("Euler").Sampler with { DiscardsNextToLastSigma = true });

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

    private static void CheckWith(string id, Sampler sampler)
    {
        var run = ReferenceRun.All[id];
        var choice = SamplerTable.Find(run.Sampler, run.Scheduler) with { Sampler = sampler };
        TensorAssert.CloseInL2(run.Expected, run.Draw(choice), Tolerance, id);
    }
}
