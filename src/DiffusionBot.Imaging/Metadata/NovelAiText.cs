using System.Globalization;
using System.Text.Json;

namespace DiffusionBot.Imaging.Metadata;

/// <summary>NovelAI's pictures carry a description and JSON; WebUI rebuilds a parameter text from them (modules/images.py, 1.10).</summary>
internal static class NovelAiText
{
    // The aliases of WebUI's samplers that NovelAI's names can meet; any other becomes Euler a.
    private static readonly Dictionary<string, string> Samplers = new(StringComparer.Ordinal)
    {
        ["k_euler_a"] = "Euler a",
        ["k_euler_ancestral"] = "Euler a",
        ["k_euler"] = "Euler",
        ["k_lms"] = "LMS",
        ["k_heun"] = "Heun",
        ["k_dpm_2"] = "DPM2",
        ["k_dpm_2_a"] = "DPM2 a",
        ["k_dpm_fast"] = "DPM fast",
        ["k_dpm_ad"] = "DPM adaptive",
        ["k_dpmpp_2m"] = "DPM++ 2M",
        ["k_dpmpp_sde"] = "DPM++ SDE",
        ["k_dpmpp_2m_sde"] = "DPM++ 2M SDE",
        ["k_dpmpp_2m_sde_heun"] = "DPM++ 2M SDE Heun",
        ["k_dpmpp_2s_a"] = "DPM++ 2S a",
        ["k_dpmpp_3m_sde"] = "DPM++ 3M SDE",
        ["restart"] = "Restart",
        ["k_lcm"] = "LCM",
        ["ddim"] = "DDIM",
        ["ddim_cfgpp"] = "DDIM CFG++",
        ["plms"] = "PLMS",
        ["unipc"] = "UniPC",
    };

    /// <summary>The text, or null where the entries are not NovelAI's or lack something.</summary>
    public static string? Build(Dictionary<string, string> entries, int width, int height)
    {
        if (entries.GetValueOrDefault("Software") != "NovelAI") return null;
        if (entries.GetValueOrDefault("Comment") is not { } comment || entries.GetValueOrDefault("Description") is not { } prompt) return null;
        try
        {
            using var document = JsonDocument.Parse(comment);
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object) return null;
            if (Value(json, "uc") is not { } negative || Value(json, "steps") is not { } steps || Value(json, "scale") is not { } scale
                || Value(json, "seed") is not { } seed || Value(json, "sampler") is not { } sampler)
            {
                return null;
            }
            return $"{prompt}\nNegative prompt: {negative}\n" +
                $"Steps: {steps}, Sampler: {Samplers.GetValueOrDefault(sampler, "Euler a")}, CFG scale: {scale}, Seed: {seed}, Size: {width}x{height}, Clip skip: 2, ENSD: 31337";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is not Unicode: then there is nothing to rebuild.
            return null;
        }
    }

    private static string? Value(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => Number(value),
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        _ => null,
    };

    /// <summary>As Python prints it: integers as written, others in the shortest form with at least one decimal.</summary>
    private static string Number(JsonElement value)
    {
        var raw = value.GetRawText();
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0) return raw;
        var number = value.GetDouble();
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 && double.IsFinite(number) ? text + ".0" : text.ToLowerInvariant();
    }
}
