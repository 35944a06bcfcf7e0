namespace DiffusionBot.Engine.Checkpoints;

/// <summary>How many attention heads a UNet has: the shapes do not tell.</summary>
public enum HeadRule
{
    /// <summary>Eight on every level, of whatever width.</summary>
    Eight,

    /// <summary>As many as 64 goes into the level's channels.</summary>
    SixtyFourWide,
}

/// <summary>What a UNet is told of the picture beside the prompt.</summary>
public enum SizeNumbers
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Original height and width, top and left of the crop, height and width to be.</summary>
    OriginalCropTarget,

    /// <summary>Original height and width, top and left of the crop, aesthetic score.</summary>
    OriginalCropScore,
}

/// <summary>
/// What a family of checkpoints has in common and shapes cannot tell. Recognised by tensor names; a new family is a row.
/// </summary>
/// <param name="Name">As people call it.</param>
/// <param name="TextEncoders">One or two; the last one is what the family is known by.</param>
/// <param name="UnetInputs">Channels that the UNet takes: 4 is the latent alone.</param>
/// <param name="UnetHeads">Heads of the UNet's attention.</param>
/// <param name="LatentScale">Latents are multiplied by this after encoding, divided before decoding.</param>
/// <param name="DefaultSize">Pixels, either way, where neither request nor checkpoint says a size.</param>
public sealed record ModelFamily(
    string Name, IReadOnlyList<TextEncoderRow> TextEncoders, int UnetInputs, HeadRule UnetHeads, float LatentScale, int DefaultSize)
{
    private const string UnetInput = "model.diffusion_model.input_blocks.0.0.weight";

    private static readonly TextEncoderRow[] clip = [new("cond_stage_model.transformer.", TextEncoderKind.Clip, 49407)];
    private static readonly TextEncoderRow[] openClip = [new("cond_stage_model.model.", TextEncoderKind.OpenClip, 0)];
    private static readonly TextEncoderRow[] both =
        [new("conditioner.embedders.0.transformer.", TextEncoderKind.ClipHidden, 49407), new("conditioner.embedders.1.model.", TextEncoderKind.OpenClipPooled, 0)];
    private static readonly TextEncoderRow[] openClipAlone = [new("conditioner.embedders.0.model.", TextEncoderKind.OpenClipPooled, 0)];

    private static readonly ModelFamily[] Known =
    [
        new("SD 1.x", clip, 4, HeadRule.Eight, 0.18215f, 512),
        new("SD 1.x inpainting", clip, 9, HeadRule.Eight, 0.18215f, 512),
        new("InstructPix2Pix", clip, 8, HeadRule.Eight, 0.18215f, 512) { IsDrawn = false },
        new("SD 2.x", openClip, 4, HeadRule.SixtyFourWide, 0.18215f, 768) { MayPredictVelocity = true },
        new("SD 2.x inpainting", openClip, 9, HeadRule.SixtyFourWide, 0.18215f, 512),
        new("SD 2.x depth", openClip, 5, HeadRule.SixtyFourWide, 0.18215f, 512) { IsDrawn = false },
        new("SDXL", both, 4, HeadRule.SixtyFourWide, 0.13025f, 1024) { Sizes = SizeNumbers.OriginalCropTarget },
        new("SDXL inpainting", both, 9, HeadRule.SixtyFourWide, 0.13025f, 1024) { Sizes = SizeNumbers.OriginalCropTarget },
        new("SDXL refiner", openClipAlone, 4, HeadRule.SixtyFourWide, 0.13025f, 1024) { Sizes = SizeNumbers.OriginalCropScore },
    ];

    /// <summary>The engine draws with it.</summary>
    public bool IsDrawn { get; private init; } = true;

    /// <summary>What the UNet is told of the picture beside the prompt.</summary>
    public SizeNumbers Sizes { get; private init; }

    /// <summary>Whether it is SDXL or one of its kin.</summary>
    public bool IsSdxl => Sizes != SizeNumbers.None;

    /// <summary>Whether a checkpoint that says nothing has to be asked what it predicts.</summary>
    public bool MayPredictVelocity { get; private init; }

    /// <summary>The family of a checkpoint, drawn or not.</summary>
    /// <exception cref="UnknownCheckpointException">No checkpoint, or of no known family: the message says what it seems to be.</exception>
    public static ModelFamily Of(TensorFile file)
    {
        if (!file.Tensors.TryGetValue(UnetInput, out var input))
            throw new UnknownCheckpointException($"{file.Path}: {ModelGuess.Of(file)}. Expected a checkpoint, with UNet, text encoder and VAE in one file.");
        if (input.Shape is not [_, var inputs, 3, 3])
            throw new InvalidCheckpointException($"{file.Path}: tensor '{UnetInput}' is {Weights.Show(input.Shape)}; expected [channels, inputs, 3, 3].");

        var names = Array.FindAll(Known, family => file.Tensors.Keys.Any(name => name.StartsWith(family.TextEncoders[^1].Prefix, StringComparison.Ordinal)));
        if (names.Length == 0)
            throw new UnknownCheckpointException($"{file.Path}: a UNet without the text encoder of a known family; expected one of {string.Join(", ", Known.Select(f => f.TextEncoders[^1].Prefix).Distinct(StringComparer.Ordinal))}.");
        return Array.Find(names, family => family.UnetInputs == inputs)
            ?? throw new UnknownCheckpointException($"{file.Path}: named like {names[0].Name}, but its UNet takes {inputs} channels; known are {string.Join(", ", names.Select(f => $"{f.UnetInputs} ({f.Name})"))}.");
    }

    /// <summary>The family of a checkpoint that is to be drawn with.</summary>
    /// <exception cref="UnknownCheckpointException">As of <see cref="Of"/>, or the family is not drawn yet.</exception>
    public static ModelFamily ToDraw(TensorFile file)
    {
        var family = Of(file);
        if (family.IsDrawn) return family;
        var drawn = Known.Where(f => f.IsDrawn).Select(f => f.Name).ToArray();
        throw new UnknownCheckpointException(new LocalText(
            $"{file.Path}: this is a checkpoint of the family {family.Name}. {family.Name} is not drawn yet; drawn are: {string.Join(", ", drawn)}.",
            $"{file.Path}：这是 {family.Name} 系列的模型，目前还不支持 {family.Name}；支持的系列：{string.Join("、", drawn)}。"));
    }

    /// <summary>The size that a checkpoint was made for, in pixels: its `modelspec.resolution` where that is a sound one, else the family's.</summary>
    public (int Width, int Height) SizeOf(TensorFile file)
    {
        if (file.Metadata.TryGetValue("modelspec.resolution", out var text)
            && text.Split('x') is [var first, var second]
            && int.TryParse(first, out var width) && width is >= 64 and <= 2048
            && int.TryParse(second, out var height) && height is >= 64 and <= 2048)
        {
            return (width, height);
        }
        return (DefaultSize, DefaultSize);
    }
}
