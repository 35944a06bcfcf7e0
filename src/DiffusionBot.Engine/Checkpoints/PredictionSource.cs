using System.Text;
using System.Text.RegularExpressions;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>What a checkpoint's UNet predicts, as far as its files say.</summary>
internal static partial class PredictionSource
{
    private const int MaxConfigBytes = 1 << 20;

    /// <summary>
    /// By the config beside the checkpoint (x.yaml beside x.ckpt, with WebUI's `parameterization: "v"`, or SDXL's VScaling; one without stands
    /// for noise, as in WebUI), else by the empty tensor `v_pred` that checkpoints of SDXL carry, else by `modelspec.prediction_type`. Null: none
    /// says, the UNet has to be asked.
    /// </summary>
    /// <exception cref="InvalidCheckpointException">There is a config that cannot be read.</exception>
    public static PredictionType? Of(TensorFile checkpoint)
    {
        var config = ConfigOf(checkpoint.Path);
        if (File.Exists(config)) return OfConfig(config);
        if (checkpoint.Tensors.ContainsKey("v_pred")) return PredictionType.V;
        return checkpoint.Metadata.GetValueOrDefault("modelspec.prediction_type")?.ToLowerInvariant() switch
        {
            "v" or "v_prediction" or "v-prediction" => PredictionType.V,
            "epsilon" or "eps" => PredictionType.Eps,
            _ => null,
        };
    }

    /// <summary>Whether a checkpoint was trained on a schedule that ends in noise alone ("Zero Terminal SNR"): the empty tensor `ztsnr`.</summary>
    public static bool EndsInNoise(TensorFile checkpoint) => checkpoint.Tensors.ContainsKey("ztsnr");

    /// <summary>Where a checkpoint's config is looked for.</summary>
    public static string ConfigOf(string checkpoint) => Path.ChangeExtension(checkpoint, ".yaml");

    private static PredictionType OfConfig(string path)
    {
        using var handle = ModelFileAccess.Open(path, out var fullPath, out var length);
        if (length > MaxConfigBytes) throw new InvalidCheckpointException($"{fullPath}: {length} bytes; a config is read up to {MaxConfigBytes}.");
        var bytes = new byte[length];
        ModelFileAccess.Read(handle, bytes, 0, fullPath);
        foreach (var line in Encoding.UTF8.GetString(bytes).AsSpan().EnumerateLines())
        {
            // The keys are WebUI's model.params.parameterization and, in SDXL, denoiser_config.params.scaling_config.target; no others of this name are in these files.
            if (Parameterization().IsMatch(line) || Scaling().IsMatch(line)) return PredictionType.V;
        }
        return PredictionType.Eps;
    }

    /// <summary>The key in a block or a flow mapping, the value bare or quoted; not in a comment.</summary>
    [GeneratedRegex("""^[^#]*\bparameterization["']?\s*:\s*(?:v|"v"|'v')\s*(?:[,}#].*)?$""", RegexOptions.NonBacktracking, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameterization();

    [GeneratedRegex("""^[^#]*\btarget["']?\s*:\s*["']?[\w.]+\.VScaling\b""", RegexOptions.NonBacktracking, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scaling();
}
