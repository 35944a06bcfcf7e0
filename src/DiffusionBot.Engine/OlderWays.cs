namespace DiffusionBot.Engine;

/// <summary>What older versions of WebUI did otherwise and a recipe of theirs is drawn by: so WebUI 1.10 does with texts that name such a version.</summary>
public sealed record OlderWays
{
    /// <summary>None: as WebUI 1.10 draws.</summary>
    public static OlderWays None { get; } = new();

    /// <summary>The model's noise schedule in half precision, before 1.7.0-225. Infotext: Downcast alphas_cumprod.</summary>
    public bool DowncastAlphas { get; init; }

    /// <summary>Prompt editing's times as before 1.6.0. Infotext: Old prompt editing timelines.</summary>
    public bool OldPromptEditing { get; init; }

    /// <summary>A negative prompt of another length is cut, or lengthened by its last vector: with DDIM and PLMS before 1.6.0. Infotext: Pad conds v0.</summary>
    public bool PadsNegative { get; init; }

    /// <summary>The refiner comes in by how many steps are done, before 1.8.0. Infotext: Refiner switch by sampling steps.</summary>
    public bool RefinerByStepCount { get; init; }
}
