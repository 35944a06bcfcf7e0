namespace DiffusionBot.Engine.Infotext;

/// <summary>What only the drawing itself knows about a picture.</summary>
/// <param name="Seed">This picture's own.</param>
/// <param name="Width">In pixels, as asked or as the checkpoint suggests; not yet cut to a multiple of 8.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Sampler">By WebUI's name, without a schedule.</param>
/// <param name="ScheduleType">As WebUI writes it: the sampler's own by name where it has one, else Automatic.</param>
/// <param name="SamplerUsesEnsd">Whether the sampler adds noise between steps from its own generator (the ancestral ones).</param>
/// <param name="ModelHash">The first 10 digits of the checkpoint's sha256; null: not written.</param>
/// <param name="Model">The checkpoint's name, without extension; null: not written.</param>
/// <param name="VaeHash">The first 10 digits of a separate VAE's sha256; null where the checkpoint's own was used.</param>
/// <param name="Vae">The file name of a separate VAE; null where the checkpoint's own was used.</param>
public sealed record DrawingFacts(
    long Seed, int Width, int Height, string Sampler, string ScheduleType, bool SamplerUsesEnsd,
    string? ModelHash = null, string? Model = null, string? VaeHash = null, string? Vae = null)
{
    /// <summary>This picture's own variation seed; null: the request's.</summary>
    public long? VariationSeed { get; init; }

    /// <summary>`name: hash, ...` of the LoRAs that were on; null: none.</summary>
    public string? LoraHashes { get; init; }

    /// <summary>`name: hash, ...` of the embeddings that the prompts have; null: none.</summary>
    public string? EmbeddingHashes { get; init; }

    /// <summary>Whether it was drawn by an inpainting model, which looks at the picture besides.</summary>
    public bool LooksAtPicture { get; init; }

    /// <summary>The second pass' checkpoint by name and hash, where that is another one; else null.</summary>
    public string? HiresCheckpoint { get; init; }

    /// <summary>The second pass' sampler, where that is another one; else null.</summary>
    public string? HiresSampler { get; init; }

    /// <summary>The second pass' schedule, where that is another one; else null.</summary>
    public string? HiresScheduleType { get; init; }

    /// <summary>The refiner's name and hash, where it has drawn; else null.</summary>
    public string? Refiner { get; init; }

    /// <summary>Whether prompt and negative prompt were of different lengths, and made of one.</summary>
    public bool IsPadded { get; init; }

    /// <summary>Whether prompt editing's old times make a difference.</summary>
    public bool UsesOldTimelines { get; init; }
}
