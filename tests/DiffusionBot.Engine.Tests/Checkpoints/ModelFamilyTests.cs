using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class ModelFamilyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_shipped_model_is_drawn_at_its_own_size()
    {
        var file = SafetensorsFile.Open(TestData.Model("checkpoints/emoji-3d.safetensors"));
        var family = ModelFamily.ToDraw(file);
        Assert.Equal(("SD 1.x", HeadRule.Eight, 0.18215f, 49407), (family.Name, family.UnetHeads, family.LatentScale, family.TextEncoders[0].Pad));
        Assert.Equal((256, 256), family.SizeOf(file));
    }

    [Fact]
    public void The_tiny_model_has_its_familys_size_and_its_text_encoder()
    {
        var file = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));
        var family = ModelFamily.ToDraw(file);
        Assert.Equal((512, 512), family.SizeOf(file));
        Assert.Equal([64L], family.TextEncoders[0].WeightsOf(file.Weights).Get("final_layer_norm.weight", 64).Shape);
        Assert.Equal(3, family.TextEncoders[0].WeightsOf(file.Weights).Count("encoder.layers"));
    }

    [Fact]
    public void A_text_encoder_in_the_names_of_early_checkpoints_is_found()
    {
        var file = Open(Safetensors.Checkpoint("cond_stage_model.transformer.embeddings.position_embedding.weight"));
        Assert.True(ModelFamily.ToDraw(file).TextEncoders[0].WeightsOf(file.Weights).Has("embeddings.position_embedding.weight"));
    }

    [Theory]
    [InlineData("cond_stage_model.model.ln_final.weight", 5, "SD 2.x depth")]
    [InlineData("cond_stage_model.transformer.text_model.final_layer_norm.weight", 8, "InstructPix2Pix")]
    public void A_known_family_that_is_not_drawn_is_named(string textEncoder, long inputs, string name)
    {
        var file = Open(Safetensors.Checkpoint(textEncoder, inputs));
        Assert.Equal(name, ModelFamily.Of(file).Name);
        var error = Assert.Throws<UnknownCheckpointException>(() => ModelFamily.ToDraw(file));
        Assert.Equal($"{file.Path}: this is a checkpoint of the family {name}. {name} is not drawn yet; drawn are: SD 1.x, SD 1.x inpainting, SD 2.x, SD 2.x inpainting, SDXL, SDXL inpainting, SDXL refiner.", error.Message);
    }

    [Theory]
    [InlineData("cond_stage_model.model.ln_final.weight", 4, "SD 2.x")]
    [InlineData("cond_stage_model.model.ln_final.weight", 9, "SD 2.x inpainting")]
    [InlineData("conditioner.embedders.1.model.ln_final.weight", 4, "SDXL")]
    [InlineData("conditioner.embedders.1.model.ln_final.weight", 9, "SDXL inpainting")]
    [InlineData("conditioner.embedders.0.model.ln_final.weight", 4, "SDXL refiner")]
    [InlineData("cond_stage_model.transformer.text_model.final_layer_norm.weight", 9, "SD 1.x inpainting")]
    public void Families_are_told_apart_by_names_and_inputs(string textEncoder, long inputs, string name) =>
        Assert.Equal(name, ModelFamily.ToDraw(Open(Safetensors.Checkpoint(textEncoder, inputs))).Name);

    [Theory]
    [InlineData("lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight", "a LoRA; it belongs into models/loras")]
    [InlineData("diffusion_model.input_blocks.1.1.proj_in.lora_A.weight", "a LoRA; it belongs into models/loras")]
    [InlineData("first_stage_model.decoder.conv_in.weight", "a VAE; it belongs into models/vae")]
    [InlineData("decoder.conv_in.weight", "a VAE; it belongs into models/vae")]
    [InlineData("emb_params", "an embedding (textual inversion); it belongs into models/embeddings")]
    [InlineData("768.0.linear.0.weight", "a hypernetwork; it belongs into models/hypernetworks")]
    [InlineData("control_model.input_blocks.0.0.weight", "a ControlNet; it belongs into models/controlnet")]
    [InlineData("model.1.sub.0.RDB1.conv1.0.weight", "an upscaler; it belongs into models/upscalers")]
    [InlineData("model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight", "an SD 3 model, which is not drawn")]
    [InlineData("double_blocks.0.img_attn.qkv.weight", "a Flux model, which is not drawn")]
    [InlineData("down_blocks.0.resnets.0.conv1.weight", "a UNet in the names of diffusers")]
    [InlineData("text_model.encoder.layers.0.mlp.fc1.weight", "a text encoder alone")]
    public void A_file_in_the_wrong_place_is_told_where_it_belongs(string tensor, string guess)
    {
        var file = Open(Safetensors.WithTensors((tensor, [1])));
        var error = Assert.Throws<UnknownCheckpointException>(() => ModelFamily.Of(file));
        Assert.StartsWith($"{file.Path}: this looks like {guess}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Junk_is_told_by_what_is_in_it()
    {
        var error = Assert.Throws<UnknownCheckpointException>(() => ModelFamily.Of(Open(Safetensors.WithTensors(("x", [1]), ("y", [1])))));
        Assert.Contains("its 2 tensors, 'x' first, are of nothing that is known here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_unet_without_text_encoder_or_of_other_inputs_is_refused()
    {
        var error = Assert.Throws<UnknownCheckpointException>(() => ModelFamily.Of(Open(Safetensors.Checkpoint("text.weight"))));
        Assert.Contains("a UNet without the text encoder of a known family", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<UnknownCheckpointException>(() => ModelFamily.Of(Open(Safetensors.Checkpoint(inputs: 7))));
        Assert.Contains("its UNet takes 7 channels; known are 4 (SD 1.x), 9 (SD 1.x inpainting)", error.Message, StringComparison.Ordinal);
        var shape = Assert.Throws<InvalidCheckpointException>(() => ModelFamily.Of(Open(Safetensors.WithTensors(("model.diffusion_model.input_blocks.0.0.weight", [4])))));
        Assert.Contains("is [4]; expected [channels, inputs, 3, 3]", shape.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("384x640", 384, 640)]
    [InlineData("32x32", 512, 512)]
    [InlineData("100000x100000", 512, 512)]
    [InlineData("256", 512, 512)]
    [InlineData("-256x256", 512, 512)]
    [InlineData("ax256x", 512, 512)]
    public void A_checkpoints_own_size_counts_where_it_is_sound(string resolution, int width, int height)
    {
        var file = Open(Safetensors.Checkpoint(metadata: $$"""{"modelspec.resolution":"{{resolution}}"}"""));
        Assert.Equal((width, height), ModelFamily.Of(file).SizeOf(file));
    }

    [Fact]
    public void A_vae_gives_the_same_names_from_a_checkpoint_and_from_its_own_file()
    {
        var inCheckpoint = VaeFile.WeightsOf(SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")));
        Assert.Equal("first_stage_model.", inCheckpoint.Prefix);
        var bare = VaeFile.WeightsOf(Open(Safetensors.WithTensors(("decoder.conv_in.weight", [64, 4, 3, 3]), ("decoder.up.0.block.0.conv1.weight", [1]))));
        Assert.Equal("", bare.Prefix);
        foreach (var vae in new[] { inCheckpoint, bare }) Assert.Equal([64L, 4L, 3L, 3L], vae.Get("decoder.conv_in.weight", 64, 4, 3, 3).Shape);
    }

    [Theory]
    [InlineData("decoder.up_blocks.0.resnets.0.conv1.weight", "a VAE in the names of diffusers")]
    [InlineData("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight", "a LoRA")]
    public void What_is_no_vae_is_named(string tensor, string guess)
    {
        var file = Open(Safetensors.WithTensors((tensor, [1]), ("decoder.conv_in.weight", [1])));
        var error = Assert.Throws<UnknownCheckpointException>(() => VaeFile.WeightsOf(file));
        Assert.StartsWith($"{file.Path}: this looks like {guess}", error.Message, StringComparison.Ordinal);
        Assert.Contains("Expected a VAE", error.Message, StringComparison.Ordinal);
    }

    private SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(folder.Write("m.safetensors", bytes));
}
