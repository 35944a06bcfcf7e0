using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine;

/// <summary>Where a picture's noise comes from, in WebUI's words ("Random number generator source").</summary>
public enum NoiseSource
{
    /// <summary>CUDA's generator (Philox): what WebUI users with an NVIDIA card see. Not written into the infotext.</summary>
    Gpu,

    /// <summary>torch's CPU generator (MT19937): `RNG: CPU`.</summary>
    Cpu,
}

/// <summary>Everything that decides a picture. Names as in WebUI.</summary>
public sealed record ImageRequest
{
    /// <summary>The words, with WebUI's emphasis, BREAK, edits and comments. May be empty.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What the picture should not have. May be empty.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Sampling steps, 1 to 150. Default 20.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>A sampler by WebUI's name or alias, with or without a schedule's name behind it. Default Euler a.</summary>
    public string Sampler { get; init; } = "Euler a";

    /// <summary>A schedule by WebUI's name; Automatic is the sampler's own. Default Automatic.</summary>
    public string Schedule { get; init; } = "Automatic";

    /// <summary>Classifier-free guidance, 1 to 30. 1 draws without the negative prompt. Default 7.</summary>
    public double CfgScale { get; init; } = 7;

    /// <summary>0 to 2^63 - 1; -1 draws one. Image i of a batch has seed + i; with a variation all have the same. Default -1.</summary>
    public long Seed { get; init; } = -1;

    /// <summary>The seed whose noise the first noise is turned towards: 0 to 2^63 - 1; -1 draws one. Image i of a batch has the one + i. Default -1.</summary>
    public long VariationSeed { get; init; } = -1;

    /// <summary>How far it is turned: 0, not at all, to 1, wholly. Default 0.</summary>
    public double VariationStrength { get; init; }

    /// <summary>The width in pixels, 64 to 2048, of a picture whose noise is set into the middle of this one's; 0: none. Default 0.</summary>
    public int SeedResizeWidth { get; init; }

    /// <summary>That picture's height; 0: none. Default 0.</summary>
    public int SeedResizeHeight { get; init; }

    /// <summary>Pixels, 64 to 2048; null: the checkpoint's own size. Drawn at the multiple of 8 below.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels, 64 to 2048; null: the checkpoint's own size. Drawn at the multiple of 8 below.</summary>
    public int? Height { get; init; }

    /// <summary>Of a picture of which not both edges are given: the other edge, or both at the area of the checkpoint's own size. Null: the checkpoint's own.</summary>
    public AspectRatio? Aspect { get; init; }

    /// <summary>From which layer of the text encoder, counted from its end, the conditioning comes: 1 to 12. Default 1.</summary>
    public int ClipSkip { get; init; } = 1;

    /// <summary>Eta noise seed delta: added to the seed of the noise that samplers add between steps. Default 0.</summary>
    public long Ensd { get; init; }

    /// <summary>What brackets and weights in the prompts do. Default <see cref="EmphasisMode.Original"/>.</summary>
    public EmphasisMode Emphasis { get; init; }

    /// <summary>A second pass over the picture enlarged; null: none.</summary>
    public HiresFix? Hires { get; init; }

    /// <summary>A picture to draw from, with which there is no second pass; null, or one without its picture: the words alone are drawn.</summary>
    public InitImage? Init { get; init; }

    /// <summary>What WebUI's settings page has for samplers. Default: as WebUI has it.</summary>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>How many batches, 1 to 100. Default 1.</summary>
    public int BatchCount { get; init; } = 1;

    /// <summary>Images drawn together in one batch, 1 to 8. Default 1.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>The generator of the noise. Default <see cref="NoiseSource.Gpu"/>.</summary>
    public NoiseSource Rng { get; init; } = NoiseSource.Gpu;

    /// <summary>A checkpoint by name, title, file name or hash (10 or 8 digits, or the whole sha256); null: the default one.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>A checkpoint by hash, as parameter texts name it beside its name; looked up before <see cref="Checkpoint"/>, which is the way out where no file has it. Null: by <see cref="Checkpoint"/> alone.</summary>
    public string? CheckpointHash { get; init; }

    /// <summary>
    /// What a parameter text says of the LoRAs that its prompt names, `name: hash, ...` with 12 digits: a file of that hash is the one that is meant, whatever it is called here.
    /// Null: names alone count.
    /// </summary>
    public string? LoraHashes { get; init; }

    /// <summary>A separate VAE file by name, file name or hash. "None": the checkpoint's own. Null or "Automatic", as in WebUI: a VAE file named like the checkpoint, else its own.</summary>
    public string? Vae { get; init; }

    /// <summary>The same without comments in its prompts, which are not drawn.</summary>
    public ImageRequest WithoutComments() => this with
    {
        Prompt = PromptComments.Strip(Prompt),
        NegativePrompt = PromptComments.Strip(NegativePrompt),
        Hires = Hires is null ? null : Hires with
        {
            Prompt = Hires.Prompt is null ? null : PromptComments.Strip(Hires.Prompt),
            NegativePrompt = Hires.NegativePrompt is null ? null : PromptComments.Strip(Hires.NegativePrompt),
        },
    };

    /// <summary>Whether prompts that are shorter than the negative one, or the other way round, are filled up with empty chunks ("Pad prompt/negative prompt"). Default: each is looked at by itself. Infotext: Pad conds.</summary>
    public bool PadConds { get; init; }

    /// <summary>A checkpoint that goes on where <see cref="Checkpoint"/> leaves off, named likewise; with a second pass, in that. Null: none.</summary>
    public string? Refiner { get; init; }

    /// <summary>From which part of the way on the refiner draws: 0, all of it, to 1, none. Default 0.8.</summary>
    public double RefinerSwitchAt { get; init; } = 0.8;

    /// <summary>What is done as older versions of WebUI did it, as a text's version asks for. Default: nothing.</summary>
    public OlderWays OlderWays { get; init; } = OlderWays.None;
}
