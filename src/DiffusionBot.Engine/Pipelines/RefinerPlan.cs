using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>A refiner with everything decided.</summary>
/// <param name="Checkpoint">Its file.</param>
/// <param name="Title">As texts name it: name and hash.</param>
/// <param name="Vae">A separate VAE's file, or null.</param>
/// <param name="VaeHash">sha256 of the file that holds the VAE; the refiner's picture is decoded by it.</param>
internal sealed record RefinerPlan(ModelFile Checkpoint, string Title, ModelFile? Vae, string VaeHash)
{
    /// <summary>Decides a refiner; null where there is none, or where it is what draws anyway.</summary>
    /// <param name="request">As asked.</param>
    /// <param name="drawn">The checkpoint that it takes over from.</param>
    /// <param name="models">Where names are looked up.</param>
    /// <param name="notes">Gets what is decided otherwise than asked.</param>
    /// <param name="cancel">Stops the hashing of a file not seen before.</param>
    public static async Task<RefinerPlan?> OfAsync(ImageRequest request, ModelFile drawn, ModelIndex models, List<LocalText> notes, CancellationToken cancel)
    {
        if (request.Refiner is not { } name) return null;
        ModelFile checkpoint;
        try
        {
            checkpoint = await models.FindCheckpointAsync(name, cancel);
        }
        catch (InvalidRequestException e)
        {
            notes.Add(new($"Drawn without a refiner. {e.Text.English}", $"没有使用 Refiner：{e.Text.Chinese}"));
            return null;
        }
        if (checkpoint.Path == drawn.Path) return null;
        _ = ModelFamily.ToDraw(checkpoint.Open());
        var vae = await models.FindVaeAsync(request.Vae ?? "Automatic", checkpoint, cancel);
        var hash = await checkpoint.Sha256Async(cancel);
        return new RefinerPlan(checkpoint, $"{checkpoint.Name} [{hash[..ModelHashes.ShortDigits]}]", vae, vae is null ? hash : await vae.Sha256Async(cancel));
    }
}
