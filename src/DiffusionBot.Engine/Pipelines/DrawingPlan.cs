using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Imaging;

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

    /// <summary>Whether it is an inpainting model.</summary>
    public bool LooksAtPicture { get; init; }

    /// <summary>What goes on where the checkpoint leaves off; null: nothing.</summary>
    public OtherCheckpoint? Refiner { get; init; }

    /// <summary>What edits' times are relative to in the first pass.</summary>
    public PassLength FirstPass => new(Sampler.Sampler.LooksIn(Request.Steps)) { CountsAsBefore = Request.OlderWays.OldPromptEditing };

    /// <summary>The same in a second pass.</summary>
    public PassLength SecondPass(HiresPlan second) => FirstPass with { HiresSteps = second.Sampler.Sampler.LooksIn(second.StepsAfter(Request.Steps)) };

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
        request = Settled(request, out var settled);
        var sampler = SamplerTable.Find(request.Sampler, request.Schedule);
        var notes = new List<LocalText>(SamplerNotes.Of(sampler, request.Steps, request.Sampling));
        notes.AddRange(settled);
        var checkpoint = await FindCheckpointAsync(request, models, notes, cancel);
        var vae = await models.FindVaeAsync(request.Vae ?? "Automatic", checkpoint, cancel);
        var hash = await checkpoint.Sha256Async(cancel);
        var vaeHash = vae is null ? hash : await vae.Sha256Async(cancel);
        var file = checkpoint.Open();
        var family = ModelFamily.ToDraw(file);
        var (width, height) = family.SizeOf(file);
        var seeded = request.WithoutComments() with { Seed = request.Seed == -1 ? drawSeed() : request.Seed };
        if (request is { VariationStrength: > 0, VariationSeed: -1 }) seeded = seeded with { VariationSeed = drawSeed() };
        var size = AspectRatio.SizeOf(request, width, height);
        RequestRules.Check(size.Width, size.Height);   // an edge that comes out of a ratio
        var networks = await NetworkPlan.MakeAsync(seeded.Prompt, request.LoraHashes, models, notes, cancel);
        var second = HiresPlan.Of(request, sampler, size.Width, size.Height, models);
        if (second is not null) second = second with { Other = await OtherCheckpoint.HiresAsync(request, checkpoint, models, notes, cancel) };
        var plan = new DrawingPlan(seeded, sampler, checkpoint, hash, vae, vaeHash, size.Width, size.Height, notes)
        {
            Hires = second,
            Networks = networks,
            HiresNetworks = seeded.Hires?.Prompt is { } again ? await NetworkPlan.MakeAsync(again, request.LoraHashes, models, notes, cancel) : networks,
            Embeddings = models.Files(ModelKind.Embedding),
            LooksAtPicture = family.UnetInputs > ImageNoise.LatentChannels,
            Refiner = await OtherCheckpoint.RefinerAsync(request, second?.Other?.Checkpoint ?? checkpoint, models, notes, cancel),
        };
        if (OlderWaysNote.Of(seeded.OlderWays, plan.UsesOldTimelines, plan.Refiner is not null) is { } older) notes.Add(older);
        return plan;
    }

    /// <summary>Whether prompt editing's times were asked for as they were once, and that changes when a text holds.</summary>
    public bool UsesOldTimelines => Request.OlderWays.OldPromptEditing
        && (Differ(Request.Prompt, FirstPass) || Differ(Request.NegativePrompt, FirstPass)
            || (Hires is { } second && (Differ(second.Fix.Prompt ?? Request.Prompt, SecondPass(second)) || Differ(second.Fix.NegativePrompt ?? Request.NegativePrompt, SecondPass(second)))));

    private static bool Differ(string prompt, PassLength length) => !PromptSchedule.Of(prompt, length).SequenceEqual(PromptSchedule.Of(prompt, length with { CountsAsBefore = false }));

    /// <summary>The seed of an image: with a variation all have the same.</summary>
    public long SeedOf(int index) => Request.Seed + (Request.VariationStrength > 0 ? 0 : index);

    /// <summary>The seeds of a batch's images.</summary>
    public long[] SeedsOf(int batch) => [.. Enumerable.Range(batch * Request.BatchSize, Request.BatchSize).Select(SeedOf)];

    /// <summary>The variation seed of an image.</summary>
    public long VariationSeedOf(int index) => Request.VariationSeed + index;

    /// <summary>Words alone have no picture's settings, and a picture no second pass.</summary>
    private static ImageRequest Settled(ImageRequest request, out IReadOnlyList<LocalText> notes)
    {
        notes = [];
        if (request.Init is null) return request;
        if (request.Init.Picture is not { } picture)
        {
            notes = [new("This was drawn from a picture (image to image), which is not at hand: the words alone are drawn.", "这段参数出自图生图，但没有给出原图：只按提示词绘制。")];
            return request with { Init = null };
        }
        var (found, init) = (new List<LocalText>(), request.Init);
        if (request.Hires is not null) found.Add(new("There is no hires fix where a picture is drawn from another: left out.", "图生图没有高清修复，已略过。"));
        if (init.Inpaint is { Mask: null } && !Channels.IsTransparent(picture))
        {
            found.Add(new("Inpainting without a mask, and nothing of the picture is transparent: all of it is drawn anew.", "局部重绘没有给出蒙版，原图也没有透明部分：整张图都重绘。"));
            init = init with { Inpaint = null };
        }
        notes = found;
        return request with { Hires = null, Init = init };
    }

    /// <summary>What the parameter text of an image has to say beyond the request.</summary>
    /// <param name="index">The image's place in the request, from 0.</param>
    /// <param name="isRefined">Whether the refiner drew of it.</param>
    /// <param name="embeddings">Hashes of the embeddings that its prompts have; null: they have none.</param>
    /// <param name="isPadded">Whether prompts were made of one length.</param>
    public DrawingFacts FactsOf(int index, bool isRefined = false, string? embeddings = null, bool isPadded = false) => new(
        SeedOf(index), Width, Height, Sampler.Sampler.Name, Sampler.ScheduleLabel, Sampler.Sampler.UsesEnsd,
        CheckpointHash[..ModelHashes.ShortDigits], Checkpoint.Name, Vae is null ? null : VaeHash[..ModelHashes.ShortDigits], Vae?.FileName)
    {
        LooksAtPicture = LooksAtPicture,
        LoraHashes = LoraHashes.Write(Hires is null ? Networks.Hashes : LoraHashes.Together(Networks.Hashes, HiresNetworks.Hashes)),
        EmbeddingHashes = embeddings,
        VariationSeed = Request.VariationStrength > 0 ? VariationSeedOf(index) : null,
        Refiner = isRefined ? Refiner?.Title : null,
        UsesOldTimelines = UsesOldTimelines,
        IsPadded = isPadded,
        HiresCheckpoint = Hires?.Other?.Title,
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
