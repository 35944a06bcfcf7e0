using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot.Commands;

/// <summary>draw, preset, again, vary, upscale, and a reply with new words: all that ends in the queue.</summary>
internal sealed class DrawCommands(ImageEngine engine, Submission submission, PresetLibrary presets, StyleLibrary styles, Targets targets, PictureArchive archive, SourcePictures sources, PlaceDefaults places)
{
    private const double UpscaleFactor = 2;

    /// <summary>Of a picture drawn larger: what was there stays, what is fine is drawn.</summary>
    private const double UpscaleDenoising = 0.35;

    /// <summary>How far a variation goes: the same thing in another way.</summary>
    private const double VaryStrength = 0.3;

    /// <summary>A request that begins anew.</summary>
    public async Task<ChatReply> DrawAsync(Talk talk, DrawingWords words, CancellationToken cancel)
    {
        if (words.IsEmpty && !words.Flags.UsesPicture) return talk.Texts.NothingToDraw;
        var notes = new List<LocalText>(words.Warnings);
        Preset? preset = null;
        // Who asks for a preset as for a style gets it.
        if (words.Flags.Style is { } style && !styles.Has(style) && words.Flags.Preset is null && presets.FindAtStart(style) is { After: "" } named)
            (preset, words) = (named.Preset, words with { Flags = words.Flags.Without("style") });
        if (words.Flags.Preset is { } name)
        {
            if (presets.FindAtStart(name) is not { } found) return NoSuchPreset(talk, name);
            preset = found.Preset;
        }
        return await DrawAsync(talk, preset, words, notes, cancel);
    }

    /// <summary>A preset with own words; without a name, what there is.</summary>
    public async Task<ChatReply> PresetAsync(Talk talk, string rest, CancellationToken cancel)
    {
        // Chosen by name, all that was said is own words.
        if (talk.Chosen.Flags.Preset is not null) return await DrawAsync(talk, talk.WordsOf(rest), cancel);
        if (rest.Length == 0) return ListPresets(talk);
        if (presets.FindAtStart(rest) is not var (preset, own)) return NoSuchPreset(talk, rest);
        var words = talk.WordsOf(own);
        return await DrawAsync(talk, preset, words, words.Warnings, cancel);
    }

    /// <summary>The same request with a new seed, changed by what was said besides.</summary>
    public Task<ChatReply> AgainAsync(Talk talk, string rest, CancellationToken cancel) => RepeatAsync(talk, rest, "again", static (image, _) => image with { Seed = -1 }, cancel);

    /// <summary>A picture like that one: its noise is turned a little towards another seed's.</summary>
    public Task<ChatReply> VaryAsync(Talk talk, string rest, CancellationToken cancel) =>
        RepeatAsync(talk, rest, "vary", static (image, seed) => image with { Seed = seed, VariationSeed = -1, VariationStrength = VaryStrength }, cancel);

    /// <summary>The picture drawn again at twice its size; where that is too large here, or was done already, enlarged.</summary>
    public async Task<ChatReply> UpscaleAsync(Talk talk, string rest, CancellationToken cancel)
    {
        if (await targets.FindAsync(talk, rest, cancel) is not { } target) return NoTarget(talk, rest);
        if (target.Picture is null) return talk.Texts.NotDrawnYet(target.Request.Code);
        var order = Orders.Of(target.Request);
        var again = Orders.ImageOf(order, target.Picture);
        // A picture that was drawn from another has no second pass.
        if (order.Enlarge is null && again.Hires is null && again.Init is null)
        {
            var larger = again with { Hires = new HiresFix { Scale = UpscaleFactor, Upscaler = Upscaler, DenoisingStrength = UpscaleDenoising } };
            if (!submission.IsTooLarge(talk, larger))
                return await ChangeAsync(talk, larger, Nothing, order.WrittenPrompt, talk.WordsOf(target.Rest), target.Picture.Id, "upscale", cancel);
        }
        var note = BotTexts.Both(t => t.UpscaleIsLanczos(UpscaleFactor));
        var image = again with { Hires = null, Init = null, Width = target.Picture.Width, Height = target.Picture.Height };
        return await submission.SendAsync(talk, new Wish(image, Nothing, AsIs: true, [note]) { ParentId = target.Picture.Id, Relation = "upscale", EnlargeBy = UpscaleFactor }, cancel);
    }

    /// <summary>New words or flags for the picture that a message answers.</summary>
    public async Task<ChatReply> EditAsync(Talk talk, DrawingWords words, CancellationToken cancel)
    {
        if (await targets.NamedAsync(talk, "", cancel) is { Picture: { } picture } target)
        {
            var order = Orders.Of(target.Request);
            order = order with { Image = await archive.ImageOfAsync(order, cancel) };
            return await ChangeAsync(talk, Orders.ImageOf(order, picture), Nothing, order.WrittenPrompt, words, picture.Id, "edit", cancel);
        }
        if (talk.Message.RepliedTo is { Reference: null, Pictures.Count: 0 } || words.Flags.UsesPicture) return await DrawAsync(talk, words, cancel);
        var text = talk.Message.RepliedTo!.Pictures.Concat(talk.Message.Pictures).Select(p => PictureParameters.TextOf(p.Bytes)).FirstOrDefault(found => found is not null);
        if (text is null)
        {
            var unknown = BotTexts.Both(t => t.NoParametersInReply);
            return await DrawAsync(talk, null, words, [.. words.Warnings, unknown], cancel);
        }
        var recipe = StrictInfotextReader.Read(text);
        return await ChangeAsync(talk, InfotextMapping.ToRequest(recipe, new ImageRequest(), out _), recipe, null, words, null, null, cancel);
    }

    /// <summary>What somebody new reads, and what they may try: in the operator's words, where the message brings such.</summary>
    public ChatReply Welcome(Talk talk)
    {
        var presets = ListPresets(talk);
        return presets with { Text = $"{(talk.Message.Text.Length > 0 ? talk.Message.Text : talk.Texts.Welcome)}\n\n{presets.Text}" };
    }

    /// <summary>The presets, with words to try the first of them.</summary>
    public ChatReply ListPresets(Talk talk)
    {
        var all = presets.All;
        if (all.Count == 0) return talk.Texts.NoPresets;
        return new ChatReply { Text = talk.Texts.Presets(all) + talk.Texts.Styles(styles.All), Choices = [.. all.Take(5).Select(p => Try(talk, p))] };
    }

    /// <summary>What enlarges before the second pass: the operator's first network for it, where there is one.</summary>
    private string Upscaler => engine.Models.Files(ModelKind.Upscaler).FirstOrDefault(file => file is { IsReadable: true, Problem: null })?.Name ?? "Lanczos";

    private static InfotextValues Nothing { get; } = new("", "");

    private async Task<ChatReply> DrawAsync(Talk talk, Preset? preset, DrawingWords words, IReadOnlyList<LocalText> notes, CancellationToken cancel)
    {
        var user = FlagSet.FromPairs(UserDefaults.Of(talk.User), out _);
        var place = places.Of(talk.Message.Address.Place).With(talk.Room.Flags);
        var image = RequestLayers.Build(place, user, preset?.Recipe, words, out var layerNotes);
        var said = new List<LocalText>([.. notes, .. layerNotes]);
        if (place.With(user).With(words.Flags).Style is { } style) image = styles.Over(image, style, said);
        if (image.Init is not null || words.Flags.UsesPicture)
        {
            // A recipe may be of such a picture; without one at hand its words are drawn.
            var given = await sources.GiveAsync(talk, image, cancel);
            if (given is null && words.Flags.UsesPicture) return talk.Texts.NoSourcePicture;
            image = given ?? image;
        }
        else if (talk.Message.Pictures.Count > 0)
        {
            said.Add(BotTexts.Both(t => t.PictureNotUsed));
        }
        var recipe = preset is null || words.Recipe.Parameters.Count > 0 ? words.Recipe : preset.Recipe;
        var isWebUis = recipe.Parameters.ContainsKey("Steps") && recipe.Parameters.ContainsKey("Sampler") && recipe.Parameters.ContainsKey("Model hash");
        return await submission.SendAsync(talk, new Wish(image, recipe, words.AsIs || (isWebUis && words.Recipe.Parameters.Count > 0), said), cancel);
    }

    private async Task<ChatReply> RepeatAsync(Talk talk, string rest, string relation, Func<ImageRequest, long, ImageRequest> renew, CancellationToken cancel)
    {
        if (await targets.FindAsync(talk, rest, cancel) is { } target)
        {
            var order = Orders.Of(target.Request);
            order = order with { Image = await archive.ImageOfAsync(order, cancel) };
            var words = talk.WordsOf(target.Rest);
            return await ChangeAsync(talk, renew(order.Image, target.Picture?.Seed ?? -1), Nothing, order.WrittenPrompt, words, target.Picture?.Id, relation, cancel);
        }
        // A picture that was sent along or is answered, and brings its own recipe.
        var pictures = talk.Message.Pictures.Concat(talk.Message.RepliedTo?.Pictures ?? []);
        var text = pictures.Select(p => PictureParameters.TextOf(p.Bytes)).FirstOrDefault(found => found is not null) ?? PictureParameters.RecipeIn(talk.Message.RepliedTo?.Text);
        if (text is null) return NoTarget(talk, rest);
        var recipe = StrictInfotextReader.Read(text);
        var image = InfotextMapping.ToRequest(recipe, new ImageRequest(), out _);
        return await ChangeAsync(talk, renew(image, image.Seed), recipe, null, talk.WordsOf(rest), null, null, cancel);
    }

    /// <param name="talk">Who asks.</param>
    /// <param name="image">What is changed.</param>
    /// <param name="recipe">The text that <paramref name="image"/> was read from; empty where it was drawn here.</param>
    /// <param name="written">Its prompt before translation; null: the same.</param>
    /// <param name="words">The change.</param>
    /// <param name="parent">The picture that it comes from.</param>
    /// <param name="relation">How.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task<ChatReply> ChangeAsync(
        Talk talk, ImageRequest image, InfotextValues recipe, string? written, DrawingWords words, Guid? parent, string? relation, CancellationToken cancel)
    {
        // New words join those that were written, not their translation, and all is translated anew.
        var basis = written is null || words.Recipe.Prompt.Length == 0 ? image : image with { Prompt = written };
        var changed = RequestLayers.Change(basis, words, out var layerNotes);
        var notes = new List<LocalText>([.. words.Warnings, .. layerNotes]);
        if (words.Flags.Style is { } style) changed = styles.Over(changed, style, notes);
        if (words.Flags.UsesPicture)
        {
            if (await sources.GiveAsync(talk, changed, cancel) is not { } given) return talk.Texts.NoSourcePicture;
            changed = given;
        }
        var keepsWords = changed.Prompt == image.Prompt && changed.NegativePrompt == image.NegativePrompt;
        return await submission.SendAsync(talk, new Wish(changed, words.Recipe.Parameters.Count > 0 ? words.Recipe : recipe, words.AsIs || keepsWords, notes)
        {
            ParentId = parent,
            Relation = relation,
            WrittenPrompt = keepsWords ? written : null,
        }, cancel);
    }

    private ChatReply NoSuchPreset(Talk talk, string name)
    {
        var nearest = presets.Nearest(name, 3);
        return nearest.Count == 0 ? talk.Texts.NoPresets : new ChatReply { Text = talk.Texts.NoSuchPreset(nearest), Choices = [.. nearest.Select(p => Try(talk, p))] };
    }

    private static ChatReply NoTarget(Talk talk, string rest) =>
        Targets.BeginsWithCode(rest) ? Talk.Aside(talk.Texts.NoSuchCode(Targets.FirstWord(rest).First)) : talk.Texts.NoTarget;

    private static ChatChoice Try(Talk talk, Preset preset) => BotTexts.Choice(talk.Texts.Preset, "preset", preset.Name, talk.Texts.In(preset.Title));
}
