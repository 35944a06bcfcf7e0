using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>A request with everything decided: what was left open is filled in, what was named is found, every value is in range.</summary>
/// <param name="Request">As asked, but with a seed.</param>
/// <param name="Sampler">Sampler and schedule.</param>
/// <param name="Checkpoint">The checkpoint's file.</param>
/// <param name="CheckpointHash">Its sha256.</param>
/// <param name="Vae">A separate VAE's file, or null.</param>
/// <param name="VaeHash">sha256 of the file that holds the VAE.</param>
/// <param name="Width">Pixels asked for.</param>
/// <param name="Height">Pixels asked for.</param>
/// <param name="Notes">What was decided otherwise than asked.</param>
internal sealed record DrawingPlan(
    ImageRequest Request, SamplerChoice Sampler, ModelFile Checkpoint, string CheckpointHash, ModelFile? Vae, string VaeHash, int Width, int Height, IReadOnlyList<LocalText> Notes)
{
    /// <summary>The second pass; null: there is none.</summary>
    public HiresPlan? Hires { get; init; }

    /// <summary>What the first pass has on, and its prompt without tags.</summary>
    public required NetworkPlan Networks { get; init; }

    /// <summary>What the second pass has on, and its prompt without tags; the first pass' where there is none.</summary>
    public required NetworkPlan HiresNetworks { get; init; }

    /// <summary>Words that prompts may have for vectors.</summary>
    public required IReadOnlyList<ModelFile> Embeddings { get; init; }

    /// <summary>The latent's height: an eighth of the picture's, what is over is left off, as WebUI does.</summary>
    public int LatentHeight => Height / Runtime.LatentDecoder.Factor;

    /// <summary>The latent's width.</summary>
    public int LatentWidth => Width / Runtime.LatentDecoder.Factor;

    /// <summary>Decides a request.</summary>
    /// <param name="request">As asked.</param>
    /// <param name="models">Where names are looked up.</param>
    /// <param name="drawSeed">Gives a seed where none is asked for.</param>
    /// <param name="cancel">Stops the hashing of a file not seen before.</param>
    /// <exception cref="InvalidRequestException">A value is out of range, or a name is not known.</exception>
    public static async Task<DrawingPlan> MakeAsync(ImageRequest request, ModelIndex models, Func<long> drawSeed, CancellationToken cancel)
    {
        RequestRules.Check(request);
        var sampler = SamplerTable.Find(request.Sampler, request.Schedule);
        var notes = new List<LocalText>(SamplerNotes.Of(sampler, request.Steps, request.Sampling));
        var checkpoint = await FindCheckpointAsync(request, models, notes, cancel);
        var vae = await models.FindVaeAsync(request.Vae ?? "Automatic", checkpoint, cancel);
        var hash = await checkpoint.Sha256Async(cancel);
        var vaeHash = vae is null ? hash : await vae.Sha256Async(cancel);
        var file = checkpoint.Open();
        var (width, height) = ModelFamily.ToDraw(file).SizeOf(file);
        var seeded = request.WithoutComments() with { Seed = request.Seed == -1 ? drawSeed() : request.Seed };
        if (request is { VariationStrength: > 0, VariationSeed: -1 }) seeded = seeded with { VariationSeed = drawSeed() };
        var size = AspectRatio.SizeOf(request, width, height);
        RequestRules.Check(size.Width, size.Height);   // an edge that comes out of a ratio
        var networks = await NetworkPlan.MakeAsync(seeded.Prompt, request.LoraHashes, models, notes, cancel);
        return new DrawingPlan(seeded, sampler, checkpoint, hash, vae, vaeHash, size.Width, size.Height, notes)
        {
            Hires = HiresPlan.Of(request, sampler, size.Width, size.Height),
            Networks = networks,
            HiresNetworks = seeded.Hires?.Prompt is { } second ? await NetworkPlan.MakeAsync(second, request.LoraHashes, models, notes, cancel) : networks,
            Embeddings = models.Files(ModelKind.Embedding),
        };
    }

    /// <summary>The seed of an image: with a variation all have the same.</summary>
    public long SeedOf(int index) => Request.Seed + (Request.VariationStrength > 0 ? 0 : index);

    /// <summary>The variation seed of an image.</summary>
    public long VariationSeedOf(int index) => Request.VariationSeed + index;

    /// <summary>What the parameter text of an image has to say beyond the request.</summary>
    /// <param name="index">The image's place in the request, from 0.</param>
    /// <param name="embeddings">Hashes of the embeddings that its prompts have; null: they have none.</param>
    public DrawingFacts FactsOf(int index, string? embeddings = null) => new(
        SeedOf(index), Width, Height, Sampler.Sampler.Name, Sampler.ScheduleLabel, Sampler.Sampler.UsesEnsd,
        CheckpointHash[..ModelHashes.ShortDigits], Checkpoint.Name, Vae is null ? null : VaeHash[..ModelHashes.ShortDigits], Vae?.FileName)
    {
        LoraHashes = Engine.Networks.LoraHashes.Write(Hires is null ? Networks.Hashes : LoraHashes.Together(Networks.Hashes, HiresNetworks.Hashes)),
        EmbeddingHashes = embeddings,
        VariationSeed = Request.VariationStrength > 0 ? VariationSeedOf(index) : null,
        HiresSampler = Hires is { } h && h.Sampler.Sampler.Name != Sampler.Sampler.Name ? h.Sampler.Sampler.Name : null,
        HiresScheduleType = Hires is { } s && s.Sampler.ScheduleLabel != Sampler.ScheduleLabel ? s.Sampler.ScheduleLabel : null,
    };

    /// <summary>By hash where there is one, else by name, else the default one.</summary>
    private static async Task<ModelFile> FindCheckpointAsync(ImageRequest request, ModelIndex models, List<LocalText> notes, CancellationToken cancel)
    {
        if (request.CheckpointHash is { } hash)
        {
            try
            {
                return await models.FindCheckpointAsync(hash, cancel);
            }
            catch (InvalidRequestException) when (request.Checkpoint is not null)
            {
                var named = await models.FindCheckpointAsync(request.Checkpoint, cancel);
                var used = await named.HashAsync(cancel);
                notes.Add(new(
                    $"The text was made with {request.Checkpoint} of hash {hash}; drawn with {named.Name} of hash {used}. The picture will differ.",
                    $"这段参数出自 {request.Checkpoint}（哈希 {hash}），实际使用的是 {named.Name}（哈希 {used}），画面会有所不同。"));
                return named;
            }
        }
        return request.Checkpoint is null ? await models.DefaultCheckpointAsync(cancel) : await models.FindCheckpointAsync(request.Checkpoint, cancel);
    }
}
