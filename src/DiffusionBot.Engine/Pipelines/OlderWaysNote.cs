namespace DiffusionBot.Engine.Pipelines;

/// <summary>What to say where a recipe is drawn as an older WebUI drew it.</summary>
internal static class OlderWaysNote
{
    /// <summary>Null where nothing is done otherwise.</summary>
    /// <param name="ways">As asked.</param>
    /// <param name="oldTimelines">Whether prompt editing's old times make a difference.</param>
    /// <param name="hasRefiner">Whether there is one to switch to.</param>
    public static LocalText? Of(OlderWays ways, bool oldTimelines, bool hasRefiner)
    {
        var done = new List<LocalText>();
        if (ways.DowncastAlphas) done.Add(new("noise schedule in half precision", "噪声表用半精度"));
        if (oldTimelines) done.Add(new("prompt editing's old times", "提示词编辑用旧的时间线"));
        if (ways.RefinerByStepCount && hasRefiner) done.Add(new("refiner by step count", "Refiner 按步数切换"));
        return done.Count == 0 ? null : new(
            $"The recipe is of an older WebUI and drawn as that drew it: {string.Join(", ", done.Select(d => d.English))}. With --ignore-version it is drawn as by today's.",
            $"这段参数出自旧版 WebUI，已按旧版方式绘制：{string.Join("、", done.Select(d => d.Chinese))}。加上 --ignore-version 则按新版绘制。");
    }
}
