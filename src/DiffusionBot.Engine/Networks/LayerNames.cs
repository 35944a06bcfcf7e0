using System.Globalization;
using System.Text.RegularExpressions;

namespace DiffusionBot.Engine.Networks;

/// <summary>
/// What the makers of network files call layers, as WebUI reads it: kohya's names after diffusers' modules (`lora_unet_down_blocks_0_...`) or the original's
/// (`lora_unet_input_blocks_1_...`), and, which WebUI does not read, diffusers' and PEFT's own with dots.
/// </summary>
internal static partial class LayerNames
{
    /// <summary>How the names of tensors end in files whose names have dots; the second is what kohya calls the part.</summary>
    private static readonly (string End, string Part)[] dottedParts =
    [
        (".lora_A.default.weight", "lora_down.weight"), (".lora_B.default.weight", "lora_up.weight"),
        (".lora_A.weight", "lora_down.weight"), (".lora_B.weight", "lora_up.weight"),
        ("_lora.down.weight", "lora_down.weight"), ("_lora.up.weight", "lora_up.weight"),
        (".lora.down.weight", "lora_down.weight"), (".lora.up.weight", "lora_up.weight"),
        (".lora_linear_layer.down.weight", "lora_down.weight"), (".lora_linear_layer.up.weight", "lora_up.weight"),
        (".lora_down.weight", "lora_down.weight"), (".lora_up.weight", "lora_up.weight"), (".lora_mid.weight", "lora_mid.weight"),
        (".alpha", "alpha"), (".dora_scale", "dora_scale"), (".scale", "scale"),
    ];

    private static readonly (string Start, string Instead)[] dottedStarts =
    [
        ("base_model.model.unet.", "unet."), ("base_model.model.text_model.", "text_encoder.text_model."), ("base_model.model.", "unet."),
        ("diffusion_model.", "unet."), ("model.diffusion_model.", "unet."), ("unet.", "unet."), ("text_encoder.", "text_encoder."), ("text_encoder_2.", "text_encoder_2."),
        ("te1.", "text_encoder."), ("te2.", "text_encoder_2."),
    ];

    private static readonly Dictionary<string, string> residuals = new(StringComparer.Ordinal)
    {
        ["conv1"] = "in_layers_2",
        ["conv2"] = "out_layers_3",
        ["norm1"] = "in_layers_0",
        ["norm2"] = "out_layers_0",
        ["time_emb_proj"] = "emb_layers_1",
        ["conv_shortcut"] = "skip_connection",
    };

    /// <summary>A tensor's name as the layer and the part of it: kohya's at the first dot, others where a known part begins.</summary>
    public static (string Layer, string Part) Split(string tensor)
    {
        foreach (var (start, instead) in dottedStarts)
        {
            if (!tensor.StartsWith(start, StringComparison.Ordinal)) continue;
            var (end, part) = Array.Find(dottedParts, p => tensor.EndsWith(p.End, StringComparison.Ordinal));
            if (end is null || start.Length + end.Length >= tensor.Length) break;
            return (Underscored(instead + tensor[start.Length..^end.Length]), part);
        }
        var dot = tensor.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (tensor, "") : (tensor[..dot], tensor[(dot + 1)..]);
    }

    /// <summary>The model's layer for a file's name of one, and the name that it has there; null: the model has none such.</summary>
    public static (string Key, ModelLayer Layer)? Find(string name, ModelLayers layers)
    {
        var converted = Converted(name, layers.IsOpenClip);
        string[] tried =
        [
            converted,
            $"0_{converted}",   // with dots, the first encoder of two is called like an only one
            name.Replace("lora_unet", "diffusion_model", StringComparison.Ordinal),
            name.Replace("lora_te1_text_model", "0_transformer_text_model", StringComparison.Ordinal),
            name.Replace("lora_te1_text_model", "transformer_text_model", StringComparison.Ordinal),
            name.Replace("oft_unet", "diffusion_model", StringComparison.Ordinal),
        ];
        foreach (var key in tried)
        {
            if (layers.Find(key) is { } layer) return (key, layer);
        }
        return null;
    }

    /// <summary>`unet.down_blocks.0.attentions.0...attn1.processor.to_q` as kohya's `lora_unet_down_blocks_0_attentions_0_..._attn1_to_q`.</summary>
    private static string Underscored(string path)
    {
        var name = path.Replace(".processor.", ".", StringComparison.Ordinal);
        if (name.EndsWith(".to_out", StringComparison.Ordinal) && name.StartsWith("unet.", StringComparison.Ordinal)) name += ".0";
        if (!name.StartsWith("unet.", StringComparison.Ordinal))
        {
            name = SelfAttention().Replace(name, match => match.Groups["part"].Value == "out" ? ".self_attn.out_proj" : $".self_attn.{match.Groups["part"].Value}_proj");
            name = name.Replace("text_encoder_2.", "te2.", StringComparison.Ordinal).Replace("text_encoder.", "te.", StringComparison.Ordinal);
        }
        return $"lora_{name.Replace('.', '_')}";
    }

    /// <summary>diffusers' place of a layer as the original's.</summary>
    private static string Converted(string name, bool isOpenClip)
    {
        if (name == "lora_unet_conv_in") return "diffusion_model_input_blocks_0_0";
        if (name == "lora_unet_conv_out") return "diffusion_model_out_2";
        if (TimeEmbedding().Match(name) is { Success: true } time) return $"diffusion_model_time_embed_{(Number(time, "level") * 2) - 2}{time.Groups["rest"].Value}";
        if (Block().Match(name) is { Success: true } block)
        {
            var (level, isAttention, inner) = (Number(block, "level"), block.Groups["kind"].Value == "attentions", Number(block, "inner"));
            return block.Groups["way"].Value == "down"
                ? $"diffusion_model_input_blocks_{1 + (level * 3) + inner}_{(isAttention ? 1 : 0)}_{Rest(block.Groups["rest"].Value, isAttention)}"
                : $"diffusion_model_output_blocks_{(level * 3) + inner}_{(isAttention ? 1 : 0)}_{Rest(block.Groups["rest"].Value, isAttention)}";
        }
        if (MiddleBlock().Match(name) is { Success: true } middle)
        {
            var isAttention = middle.Groups["kind"].Value == "attentions";
            return $"diffusion_model_middle_block_{(isAttention ? 1 : Number(middle, "inner") * 2)}_{Rest(middle.Groups["rest"].Value, isAttention)}";
        }
        if (Down().Match(name) is { Success: true } down) return $"diffusion_model_input_blocks_{3 + (Number(down, "level") * 3)}_0_op";
        if (Up().Match(name) is { Success: true } up) return $"diffusion_model_output_blocks_{2 + (Number(up, "level") * 3)}_{(Number(up, "level") > 0 ? 2 : 1)}_conv";
        if (Text().Match(name) is { Success: true } text)
        {
            var (encoder, layer, rest) = (text.Groups["encoder"].Value, text.Groups["layer"].Value, text.Groups["rest"].Value);
            if (encoder == "2") return $"1_model_transformer_resblocks_{layer}_{OpenClip(rest)}";
            if (encoder.Length == 0) return isOpenClip ? $"model_transformer_resblocks_{layer}_{OpenClip(rest)}" : $"transformer_text_model_encoder_layers_{layer}_{rest}";
        }
        return name;
    }

    private static string Rest(string name, bool isAttention) => isAttention ? name : residuals.GetValueOrDefault(name, name);

    private static string OpenClip(string name) =>
        name.Replace("mlp_fc1", "mlp_c_fc", StringComparison.Ordinal).Replace("mlp_fc2", "mlp_c_proj", StringComparison.Ordinal).Replace("self_attn", "attn", StringComparison.Ordinal);

    /// <summary>Of at most three digits.</summary>
    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\.self_attn\.to_(?<part>q|k|v|out)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SelfAttention();

    [GeneratedRegex(@"^lora_unet_time_embedding_linear_(?<level>[0-9]{1,3})(?<rest>.*)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TimeEmbedding();

    [GeneratedRegex(@"^lora_unet_(?<way>down|up)_blocks_(?<level>[0-9]{1,3})_(?<kind>attentions|resnets)_(?<inner>[0-9]{1,3})_(?<rest>.+)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^lora_unet_mid_block_(?<kind>attentions|resnets)_(?<inner>[0-9]{1,3})_(?<rest>.+)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MiddleBlock();

    [GeneratedRegex(@"^lora_unet_down_blocks_(?<level>[0-9]{1,3})_downsamplers_0_conv$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Down();

    [GeneratedRegex(@"^lora_unet_up_blocks_(?<level>[0-9]{1,3})_upsamplers_0_conv$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Up();

    [GeneratedRegex(@"^lora_te(?<encoder>2?)_text_model_encoder_layers_(?<layer>[0-9]{1,3})_(?<rest>.+)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Text();
}
