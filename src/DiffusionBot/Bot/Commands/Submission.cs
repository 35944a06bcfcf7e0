using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Translation;

namespace DiffusionBot.Bot.Commands;

/// <summary>A drawing on its way from words to the queue.</summary>
/// <param name="Image">What was asked for.</param>
/// <param name="Recipe">The parameter text that it comes from: names in it may be missing here.</param>
/// <param name="AsIs">Whether the prompt stays untranslated.</param>
/// <param name="Notes">What was said about it already.</param>
internal sealed record Wish(ImageRequest Image, InfotextValues Recipe, bool AsIs, IReadOnlyList<LocalText> Notes)
{
    /// <summary>The picture that it comes from; null: none.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>again, vary, upscale or edit; null with no parent.</summary>
    public string? Relation { get; init; }

    /// <summary>Enlarges the parent instead of drawing.</summary>
    public double? EnlargeBy { get; init; }

    /// <summary>The prompt before it was translated, where the wish repeats a drawing; else null.</summary>
    public string? WrittenPrompt { get; init; }
}

/// <summary>Takes a wish to the queue: what is missing is replaced and told, the prompt is looked at and translated, limits are asked.</summary>
internal sealed partial class Submission(ImageEngine engine, PromptTranslator translator, PromptPolicy policy, RequestQueue queue, ILogger<Submission> log)
{
    /// <summary>What to say to it.</summary>
    public async Task<ChatReply> SendAsync(Talk talk, Wish wish, CancellationToken cancel)
    {
        var (texts, place) = (talk.Texts, talk.Message.Address.Place);
        if (talk.Room.IsPaused) return Talk.Aside(texts.RoomIsPaused);
        var notes = wish.Notes.Select(texts.In).ToList();
        var limits = LimitsOf(talk.Message.Limits);
        DrawingOrder order;
        try
        {
            if (Verdict(texts, place, wish.Image) is { } no) return Talk.Aside(no);
            var difference = await DifferenceReport.MakeAsync(wish.Image, wish.Recipe, engine.Models, cancel);
            notes.AddRange(difference.Lines.Select(texts.In));
            var checkpoint = await CheckpointAsync(difference.Request, cancel);
            var (image, written) = await TranslateAsync(texts, difference.Request, checkpoint, wish, notes, cancel);
            // What a translation makes of the words is looked at, too.
            if (written is not null && Verdict(texts, place, image) is { } translatedNo) return Talk.Aside(translatedNo);
            image = WithSize(image, checkpoint) with { NegativePrompt = policy.NegativeFor(place, image.NegativePrompt) };
            if (image.Hires is { NegativePrompt: { } second } hires) image = image with { Hires = hires with { NegativePrompt = policy.NegativeFor(place, second) } };
            image = WithoutTooLarge(texts, image, limits, notes);
            order = new DrawingOrder
            {
                Image = image,
                WrittenPrompt = written ?? wish.WrittenPrompt,
                Enlarge = wish is { EnlargeBy: { } factor, ParentId: { } parent } ? new Enlargement(parent, factor) : null,
            };
            // Of two numbers that forbid it, the smaller is the one to tell.
            if (queue.LimitOf(order, limits) is { } tooMuch) return Refusal(notes, texts.Refused(tooMuch));
            if (order.Enlarge is null) ImageEngine.Check(image);
        }
        catch (EngineException e)
        {
            return Refusal(notes, texts.In(e.Text));
        }
        var request = new NewRequest(talk.User.Id, place, talk.Message.Address.Value, talk.Message.Id, talk.Language, order, talk.Message.Text)
        {
            Notes = string.Join('\n', notes),
            IsPublic = talk.Message.InPublic,
            ParentId = wish.ParentId,
            Relation = wish.Relation,
            Limits = limits,
        };
        switch (await queue.AcceptAsync(request, cancel))
        {
            case Acceptance.Accepted accepted:
                LogAccepted(log, accepted.Code, accepted.Id, talk.User.Id);
                return Promise(talk, notes, accepted);
            case Acceptance.Refused refused:
                return Refusal(notes, texts.Refused(refused));
            case var other:
                throw new InvalidOperationException($"The queue answered {other}.");
        }
    }

    private static RequestLimits? LimitsOf(ChatLimits? limits) => limits is null ? null : new RequestLimits
    {
        Pending = limits.Pending,
        DailyPictures = limits.DailyPictures,
        MaxEdge = limits.MaxEdge,
        MaxSteps = limits.MaxSteps,
        MaxPictures = limits.MaxPictures,
    };

    /// <summary>What was accepted is promised; unless the same message came before, and what it asked for has ended since.</summary>
    private static ChatReply Promise(Talk talk, IEnumerable<string> notes, Acceptance.Accepted accepted)
    {
        var (texts, code, standing) = (talk.Texts, accepted.Code, accepted.Standing);
        // Where results are collected, one that is there already is still to come.
        var comes = standing.State is RequestState.Queued or RequestState.Drawing || (talk.Message.CollectsReplies && standing.State != RequestState.Cancelled);
        if (!comes) return With(notes, texts.Accepted(code, standing)) with { Reference = code };
        return With(notes, $"{texts.Accepted(code, standing)}{(talk.Message.CollectsReplies ? texts.CollectLater(code) : "")}") with
        {
            Choices = [BotTexts.Choice(texts.Cancel, "cancel", code)],
            Reference = code,
            IsPromise = true,
            ReadyIn = standing.Left,
        };
    }

    private static ChatReply Refusal(IEnumerable<string> notes, string text) => With(notes, text) with { IsEphemeral = true };

    private static ChatReply With(IEnumerable<string> notes, string text) => string.Join('\n', [text, .. notes.Select(BotTexts.Note)]);

    /// <summary>A picture whose second pass would be too large here is drawn without it: that is nearer to what was asked for than none.</summary>
    private ImageRequest WithoutTooLarge(BotTexts texts, ImageRequest image, RequestLimits? limits, List<string> notes)
    {
        if (image.Hires is null || queue.LimitOf(new DrawingOrder { Image = image }, limits) is not { Limit: RequestLimit.Edge } tooLarge) return image;
        var plain = image with { Hires = null };
        if (queue.LimitOf(new DrawingOrder { Image = plain }, limits) is { Limit: RequestLimit.Edge }) return image;
        notes.Add(texts.WithoutHires(tooLarge.Asked, tooLarge.Most));
        return plain;
    }

    /// <summary>Whether a picture's edges, or those of its second pass, are beyond what this user may ask for.</summary>
    public bool IsTooLarge(Talk talk, ImageRequest image) => queue.LimitOf(new DrawingOrder { Image = image }, LimitsOf(talk.Message.Limits)) is { Limit: RequestLimit.Edge };

    private string? Verdict(BotTexts texts, string place, ImageRequest image) => policy.Check(place, image.Hires?.Prompt is { } second ? $"{image.Prompt}\n{second}" : image.Prompt, image.NegativePrompt) switch
    {
        PolicyVerdict.Blocked => texts.AgainstTheRules,
        PolicyVerdict.Forbidden => texts.NeverDrawn,
        _ => null,
    };

    private Task<ModelFile> CheckpointAsync(ImageRequest image, CancellationToken cancel) => (image.CheckpointHash ?? image.Checkpoint) is { } name
        ? engine.Models.FindCheckpointAsync(name, cancel)
        : engine.Models.DefaultCheckpointAsync(cancel);

    /// <summary>What WebUI wrote was drawn with those very words, Chinese or not, and is drawn so again; and so is what was drawn here before.</summary>
    private async Task<(ImageRequest Image, string? Written)> TranslateAsync(
        BotTexts texts, ImageRequest image, ModelFile checkpoint, Wish wish, List<string> notes, CancellationToken cancel)
    {
        if (wish.AsIs || translator.ReadsChinese(checkpoint)) return (image, null);
        var (first, second) = (await TranslateAsync(image.Prompt, image.NegativePrompt), image.Hires);
        // The second pass has words of its own, or none.
        var again = second is null ? null : await TranslateAsync(second.Prompt ?? "", second.NegativePrompt ?? "");
        if (first is null && again is null) return (image, null);
        if (again is not null) image = image with { Hires = second! with { Prompt = second.Prompt is null ? null : again.Prompt, NegativePrompt = second.NegativePrompt is null ? null : again.NegativePrompt } };
        return first is null ? (image, null) : (image with { Prompt = first.Prompt, NegativePrompt = first.NegativePrompt }, first.IsChanged ? image.Prompt : null);

        async Task<TranslatedPrompt?> TranslateAsync(string prompt, string negative)
        {
            if (!PromptTranslator.HasChinese(prompt) && !PromptTranslator.HasChinese(negative)) return null;
            var translated = await translator.TranslateAsync(prompt, negative, cancel);
            if (translated.IsChanged) notes.Add(texts.Translated(translated.Prompt));
            if (translated.Unknown.Count > 0) notes.Add(texts.NotTranslated(translated.Unknown));
            return translated;
        }
    }

    /// <summary>Limits and estimates count pixels, so the size is decided here and not by the engine.</summary>
    private static ImageRequest WithSize(ImageRequest image, ModelFile checkpoint)
    {
        if (image is { Width: not null, Height: not null }) return image;
        var file = checkpoint.Open();
        var (width, height) = ModelFamily.ToDraw(file).SizeOf(file);
        (width, height) = AspectRatio.SizeOf(image, width, height);
        return image with { Width = width, Height = height, Aspect = null };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {Code} ({RequestId}) of {User} is accepted")]
    private static partial void LogAccepted(ILogger log, string code, Guid requestId, string user);
}
