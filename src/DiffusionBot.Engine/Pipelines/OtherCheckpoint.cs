using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>A checkpoint that goes on with what another began, with everything decided: a refiner, or the second pass' own.</summary>
/// <param name="Checkpoint">Its file.</param>
/// <param name="Title">As texts name it: name and hash.</param>
/// <param name="Vae">A separate VAE's file, or null.</param>
/// <param name="VaeHash">sha256 of the file that holds the VAE, which decodes its picture.</param>
internal sealed record OtherCheckpoint(ModelFile Checkpoint, string Title, ModelFile? Vae, string VaeHash)
{
    /// <summary>Decides a refiner; null where there is none, or where it is what draws anyway.</summary>
    /// <param name="request">As asked.</param>
    /// <param name="drawn">The checkpoint that it takes over from.</param>
    /// <param name="models">Where names are looked up.</param>
    /// <param name="notes">Gets what is decided otherwise than asked.</param>
    /// <param name="cancel">Stops the hashing of a file not seen before.</param>
    public static Task<OtherCheckpoint?> RefinerAsync(ImageRequest request, ModelFile drawn, ModelIndex models, List<LocalText> notes, CancellationToken cancel) =>
        FindAsync(request.Refiner, request.Vae, drawn, models, missing => notes.Add(new($"Drawn without a refiner. {missing.English}", $"没有使用 Refiner：{missing.Chinese}")), cancel);

    /// <summary>Decides the second pass' checkpoint; null where it is the first's.</summary>
    /// <inheritdoc cref="RefinerAsync" path="/param"/>
    public static Task<OtherCheckpoint?> HiresAsync(ImageRequest request, ModelFile drawn, ModelIndex models, List<LocalText> notes, CancellationToken cancel) =>
        FindAsync(
            request.Hires?.Checkpoint, request.Vae, drawn, models,
            missing => notes.Add(new($"The second pass is drawn with the first one's checkpoint. {missing.English}", $"高清修复沿用了第一遍的模型：{missing.Chinese}")), cancel);

    private static async Task<OtherCheckpoint?> FindAsync(string? name, string? vaeName, ModelFile drawn, ModelIndex models, Action<LocalText> missing, CancellationToken cancel)
    {
        if (name is null) return null;
        ModelFile checkpoint;
        try
        {
            checkpoint = await models.FindCheckpointAsync(name, cancel);
        }
        catch (InvalidRequestException e)
        {
            missing(e.Text);
            return null;
        }
        if (checkpoint.Path == drawn.Path) return null;
        _ = ModelFamily.ToDraw(checkpoint.Open());
        var vae = await models.FindVaeAsync(vaeName ?? "Automatic", checkpoint, cancel);
        var hash = await checkpoint.Sha256Async(cancel);
        return new OtherCheckpoint(checkpoint, $"{checkpoint.Name} [{hash[..ModelHashes.ShortDigits]}]", vae, vae is null ? hash : await vae.Sha256Async(cancel));
    }
}
