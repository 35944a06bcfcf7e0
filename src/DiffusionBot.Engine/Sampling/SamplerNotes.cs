namespace DiffusionBot.Engine.Sampling;

/// <summary>What to say where WebUI refuses so few steps and we draw all the same.</summary>
internal static class SamplerNotes
{
    /// <param name="choice">The sampler.</param>
    /// <param name="steps">As asked for.</param>
    /// <param name="settings">UniPC's order.</param>
    /// <param name="init">The picture that is started from; null: from noise.</param>
    public static IEnumerable<LocalText> Of(SamplerChoice choice, int steps, SamplingSettings settings, InitLatent? init = null)
    {
        var (planned, last) = init?.StepsOf(steps) ?? (steps, steps - 1);
        if (planned == 0) yield break;
        switch (choice.Sampler.Name)
        {
            case "UniPC":
                var done = init is null ? TimestepSamplers.Uniform(NoiseSchedule.StableDiffusion, planned + (settings.DiscardPenultimateSigma ? 1 : 0)).Length : last;
                if (done >= settings.UniPcOrder) break;
                yield return new(
                    $"UniPC of order {settings.UniPcOrder} needs as many steps and has {done}; WebUI refuses, here it is drawn with order {Math.Max(1, done)}.",
                    $"{settings.UniPcOrder} 阶的 UniPC 至少需要 {settings.UniPcOrder} 步，这里只有 {done} 步：WebUI 会报错，此处改用 {Math.Max(1, done)} 阶。");
                break;
            case "DPM++ 3M SDE" when last == 0:
                yield return new(
                    "DPM++ 3M SDE with 1 step: WebUI refuses, here it is one look at the model without noise added.",
                    "DPM++ 3M SDE 只有 1 步：WebUI 会报错，此处只推算一次，不再加噪。");
                break;
        }
    }
}
