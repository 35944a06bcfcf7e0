namespace DiffusionBot.Engine.Sampling;

/// <summary>A model as samplers see it.</summary>
/// <param name="Unet">What is asked.</param>
/// <param name="Schedule">Its own.</param>
/// <param name="Type">What its UNet predicts.</param>
internal readonly record struct SampledModel(UnetCall Unet, NoiseSchedule Schedule, PredictionType Type);

/// <summary>A model that takes over on the way, once: SDXL's refiner.</summary>
/// <param name="SwitchAt">The part of the way, 0 to 1, from which on it draws.</param>
/// <param name="ByStepCount">Whether the way is counted in looks at the model, as before WebUI 1.8; else in the model's timesteps.</param>
/// <param name="Load">Gives the model when its time has come; told how many looks were done.</param>
internal sealed record Refinement(double SwitchAt, bool ByStepCount, Func<int, SampledModel> Load)
{
    private const int Last = 999;
    private const float Whole = 1000;

    /// <summary>How many looks a run takes, as far as is planned.</summary>
    public int Looks { get; private init; } = 1;

    /// <summary>The same for a run.</summary>
    /// <param name="looks">That it takes.</param>
    /// <param name="seen">A model's schedule as the sampler sees it.</param>
    public Refinement For(int looks, Func<NoiseSchedule, NoiseSchedule> seen) =>
        this with
        {
            Looks = looks,
            Load = done =>
            {
                var model = Load(done);
                return model with { Schedule = seen(model.Schedule) };
            },
        };

    /// <summary>Whether its time has come.</summary>
    /// <param name="done">Looks at the model so far.</param>
    /// <param name="timestep">The model's, that is looked at now.</param>
    public bool IsDue(int done, int timestep) => ByStepCount ? (double)done / Looks >= SwitchAt : (Last - timestep) / Whole >= (float)SwitchAt;
}
