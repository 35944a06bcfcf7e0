namespace DiffusionBot.Engine.Checkpoints;

/// <summary>What a file that is not the expected one seems to be, in words: people put models into the wrong folder every day.</summary>
internal static class ModelGuess
{
    // In order: a LoRA's names contain those of the network it changes, a checkpoint's those of its parts.
    private static readonly (string What, string[] Parts)[] Known =
    [
        ("a LoRA; it belongs into models/loras",
            [".lora_up.", ".lora_down.", ".lora_A.", ".lora_B.", "lora_unet_", "lora_te_", ".hada_w1_", ".lokr_w1", ".oft_blocks", ".oft_diag", ".dora_scale", ".lora.up."]),
        ("a hypernetwork; it belongs into models/hypernetworks", ["^768.0.linear", "^320.0.linear", "^1280.0.linear"]),
        ("an embedding (textual inversion); it belongs into models/embeddings", ["^emb_params", "^string_to_param", "^clip_l", "^clip_g"]),
        ("a ControlNet; it belongs into models/controlnet",
            ["^control_model.", "^input_hint_block.", "^zero_convs.", "^controlnet_", "^lllite_", "^body.0.in_conv.", "^adapter.body."]),
        ("an SD 3 model, which is not drawn", ["^model.diffusion_model.joint_blocks.", "^joint_blocks."]),
        ("a Flux model, which is not drawn", ["^model.diffusion_model.double_blocks.", "^double_blocks."]),
        ("a UNet in the names of diffusers, without text encoder and VAE", ["^down_blocks."]),
        ("a UNet without text encoder and VAE", ["^input_blocks.", "^diffusion_model."]),
        ("a model of another architecture, which is not drawn", ["^model.diffusion_model."]),
        ("an upscaler; it belongs into models/upscalers", ["^model.1.sub.", "^conv_first.", "^RRDB_trunk.", "^params_ema.", "^params."]),
        ("a VAE in the names of diffusers; it belongs into models/vae", ["^decoder.up_blocks.", "^encoder.down_blocks."]),
        ("a VAE; it belongs into models/vae", ["^first_stage_model.", "^decoder.conv_in.", "^encoder.conv_in."]),
        ("a text encoder alone", ["^text_model.", "^cond_stage_model.", "^conditioner.", "^encoder.block.", "^text_encoders.", "^transformer.resblocks."]),
    ];

    /// <summary>"this looks like a LoRA; it belongs into models/loras", "it holds no tensors ...".</summary>
    public static string Of(TensorFile file)
    {
        if (file.Tensors.Count == 0) return "it holds no tensors: there is no checkpoint in here";
        foreach (var (what, parts) in Known)
        {
            if (file.Tensors.Keys.Any(name => Array.Exists(parts, part => Matches(name, part)))) return $"this looks like {what}";
        }
        return $"its {file.Tensors.Count} tensors, '{ModelFileAccess.Printable(file.Tensors.Keys.First())}' first, are of nothing that is known here";
    }

    private static bool Matches(string name, string part) => part[0] == '^'
        ? name.AsSpan().StartsWith(part.AsSpan(1), StringComparison.Ordinal)
        : name.Contains(part, StringComparison.Ordinal);
}
