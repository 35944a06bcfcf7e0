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
    [InlineData("DPM++ SDE/cpu")]
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

    public static TheoryData<string> RunsOfTwentySteps() => [.. ReferenceRun.All.Keys.Where(id => id.EndsWith("/20", StringComparison.Ordinal)), "DPM++ 2M/steps=37", "DDIM/steps=37", "Euler/DDIM"];

    [Theory]
    [MemberData(nameof(RunsOfTwentySteps))]
    public void Progress_never_falls_and_ends_at_the_steps_that_were_asked_for(string id)
    {
        var steps = new List<int>();
        ReferenceRun.All[id].Draw(done: (step, _) => steps.Add(step));
        Assert.Equal(steps.Order(), steps);
        Assert.InRange(steps[0], 1, 2);
        var followsNone = ReferenceRun.All[id].Sampler is "DPM fast" or "DPM adaptive";
        Assert.InRange(steps[^1], ReferenceRun.All[id].Steps - (followsNone ? 1 : 0), ReferenceRun.All[id].Steps);
    }

    [Fact]
    public void Progress_from_a_picture_ends_at_the_steps_that_are_done()
    {
        var steps = new List<int>();
        ReferenceRun.All["Heun/img2img/0.75"].Draw(done: (step, _) => steps.Add(step));
        Assert.Equal(16, steps[^1]);   // 15 = 0.75 x 20, and one: WebUI's count
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
    [InlineData("DPM adaptive/10")]
    [InlineData("UniPC/10")]
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

    [Fact]
    public void CFG_plus_plus_asks_for_the_negative_prompt_at_every_scale()
    {
        var choice = SamplerTable.Find("DDIM CFG++");
        foreach (var scale in new[] { 1, 7, 12.5 })
        {
            Assert.True(choice.Sampler.AsksForNegative(scale));
            Sampler().FromNoise(choice, 3, (float)scale, Noise(), done: null, Cancel);
        }
        Assert.False(SamplerTable.Find("DDIM").Sampler.AsksForNegative(1));
        Assert.True(SamplerTable.Find("DDIM").Sampler.AsksForNegative(2));

        static LatentSampler Sampler() => new(NoiseSchedule.StableDiffusion, PredictionType.Eps, (x, timestep, cond, uncond) =>
        {
            Assert.False(uncond.IsEmpty);
            ReferenceRun.ClosedForm(x, timestep, cond, uncond);
        });
    }

    [Fact]
    public void Below_a_sigma_every_second_look_leaves_the_negative_prompt_out()
    {
        var left = new List<bool>();
        ReferenceRun.All["s_min_uncond"].Draw(unet: (x, timestep, cond, uncond) =>
        {
            left.Add(uncond.IsEmpty);
            ReferenceRun.ClosedForm(x, timestep, cond, uncond);
        });
        Assert.DoesNotContain(left.Index(), look => look.Item && look.Index % 2 == 0);
        Assert.Contains(true, left);
        Assert.False(left[1]);
    }

    [Theory]
    [InlineData("Euler", 0.5, 20)]
    [InlineData("Euler", 1, 20)]
    [InlineData("DDIM", 0.5, 18)]
    [InlineData("Heun", 0.3, 39)]
    public void Exactly_the_steps_that_are_asked_for_can_be_done_from_a_picture(string sampler, double strength, int looks)
    {
        var count = 0;
        new LatentSampler(NoiseSchedule.StableDiffusion, PredictionType.Eps, (x, timestep, cond, uncond) =>
        {
            count++;
            ReferenceRun.ClosedForm(x, timestep, cond, uncond);
        }).FromLatent(SamplerTable.Find(sampler), 20, 7, new InitLatent(new float[64], strength) { ExactSteps = true }, Noise(), done: null, Cancel);
        Assert.Equal(looks, count);
    }

    [Theory]
    [InlineData("Euler")]
    [InlineData("DDIM")]
    [InlineData("UniPC")]
    [InlineData("DPM fast")]
    public void At_strength_0_nothing_is_drawn_where_the_steps_are_exact(string sampler)
    {
        var init = Enumerable.Range(0, 64).Select(i => i / 64f).ToArray();
        var drawn = Closed().FromLatent(SamplerTable.Find(sampler), 20, 7, new InitLatent(init, 0) { ExactSteps = true }, Noise(), done: null, Cancel);
        Assert.Equal(init, drawn);
    }

    public static TheoryData<string> Names() => [.. SamplerTable.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_sampler_draws_numbers_from_the_fewest_steps_on_from_noise_and_from_pictures(string sampler)
    {
        foreach (var steps in new[] { 1, 2, 3, 150 })
        {
            Assert.All(Closed().FromNoise(SamplerTable.Find(sampler), steps, 7, Noise(), done: null, Cancel), value => Assert.True(float.IsFinite(value)));
            foreach (var strength in new[] { 0, 1e-9, 0.05, 1 })
            {
                foreach (var exact in new[] { false, true })
                {
                    var init = new InitLatent(new float[64], strength) { ExactSteps = exact };
                    Assert.All(Closed().FromLatent(SamplerTable.Find(sampler), steps, 7, init, Noise(), done: null, Cancel), value => Assert.True(float.IsFinite(value)));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_mask_keeps_is_the_pictures_and_the_rest_is_drawn(string sampler)
    {
        var init = Enumerable.Range(0, 64).Select(i => i / 16f).ToArray();
        var keep = Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? 1f : 0).ToArray();
        var drawn = Closed().FromLatent(SamplerTable.Find(sampler), 10, 7, new InitLatent(init, 0.8) { Keep = keep }, Noise(), done: null, Cancel);
        for (var i = 0; i < 64; i++)
        {
            if (keep[i] == 1) Assert.Equal(init[i], drawn[i], 1e-6f);
            else Assert.NotEqual(init[i], drawn[i], 1e-3f);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_image_is_the_same_alone_and_in_a_batch(string sampler)
    {
        if (sampler == "DPM adaptive") return;   // the length of its steps is the whole batch's, in WebUI too
        var batch = Closed().FromNoise(SamplerTable.Find(sampler), 6, 7, new ImageNoise(NoiseSource.Gpu, [4, 5], 4, 4), done: null, Cancel);
        TensorAssert.Close(Closed().FromNoise(SamplerTable.Find(sampler), 6, 7, Noise(), done: null, Cancel), batch.AsSpan(64), 1e-6f, sampler);
    }

    [Fact]
    public void A_model_that_answers_with_no_number_does_not_hold_DPM_adaptive_forever()
    {
        var sampler = new LatentSampler(NoiseSchedule.StableDiffusion, PredictionType.Eps, (_, _, cond, uncond) =>
        {
            cond.Fill(float.NaN);
            uncond.Fill(float.NaN);
        });
        var refused = Assert.Throws<EngineException>(() => sampler.FromNoise(SamplerTable.Find("DPM adaptive"), 20, 7, Noise(), done: null, Cancel));
        Assert.StartsWith("DPM adaptive cannot go on", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_latent_of_another_size_than_the_noises_is_refused() =>
        Assert.Throws<ArgumentException>(() => Closed().FromLatent(SamplerTable.Find("Euler"), 2, 7, new InitLatent(new float[63], 0.5), Noise(), done: null, Cancel));

    [Theory]
    [InlineData("UniPC", 2, null, "UniPC of order 3 needs as many steps and has 2; WebUI refuses, here it is drawn with order 2.")]
    [InlineData("UniPC", 20, 0.1, "UniPC of order 3 needs as many steps and has 2; WebUI refuses, here it is drawn with order 2.")]
    [InlineData("DPM++ 3M SDE", 1, null, "DPM++ 3M SDE with 1 step: WebUI refuses, here it is one look at the model without noise added.")]
    [InlineData("UniPC", 3, null, null)]
    [InlineData("UniPC", 20, 0.2, null)]
    [InlineData("DPM++ 3M SDE", 2, null, null)]
    [InlineData("Euler", 1, null, null)]
    public void What_WebUI_refuses_is_drawn_and_told(string sampler, int steps, double? strength, string? note)
    {
        var init = strength is { } given ? new InitLatent(new float[64], given) : null;
        var notes = SamplerNotes.Of(SamplerTable.Find(sampler), steps, new SamplingSettings(), init).ToArray();
        Assert.Equal(note is null ? [] : [note], notes.Select(n => n.English));
        Assert.All(notes, n => Assert.Contains("WebUI 会报错", n.Chinese, StringComparison.Ordinal));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static LatentSampler Closed() => new(NoiseSchedule.StableDiffusion, PredictionType.Eps, ReferenceRun.ClosedForm);

    private static ImageNoise Noise() => new(NoiseSource.Gpu, [5], 4, 4);
}
