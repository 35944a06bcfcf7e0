using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Imaging;

namespace DiffusionBot.Bot.Commands;

/// <summary>info, and a picture sent alone: how it was drawn, and whether it can be drawn here.</summary>
internal sealed class PictureCommands(ImageEngine engine, PictureParameters parameters, Targets targets)
{
    /// <summary>One reply a picture.</summary>
    public async Task<IReadOnlyList<ChatReply>> InfoAsync(Talk talk, string rest, CancellationToken cancel)
    {
        var pictures = talk.Message.Pictures;
        if (pictures.Count == 0 && !Targets.BeginsWithCode(rest) && talk.Message.RepliedTo is { } answered && await targets.NamedAsync(talk, rest, cancel) is null) pictures = answered.Pictures;
        if (pictures.Count > 0)
        {
            var replies = new List<ChatReply>();
            foreach (var picture in pictures) replies.Add(await OfAsync(talk, picture, cancel));
            return replies;
        }
        if (await targets.FindAsync(talk, rest, cancel) is not { } target) return [talk.Texts.NoPictureToRead];
        if (target.Picture is null) return [talk.Texts.NotDrawnYet(target.Request.Code)];
        return [new ChatReply { Text = target.Request.Code, Infotext = target.Picture.Infotext, Choices = ResultReplies.ChoicesFor(talk.Texts, target.Request), Reference = target.Request.Code, IsEphemeral = true }];
    }

    private async Task<ChatReply> OfAsync(Talk talk, ChatPicture picture, CancellationToken cancel)
    {
        FoundParameters? found;
        try
        {
            found = await parameters.FindAsync(picture.Bytes, cancel);
        }
        catch (InvalidPictureException e)
        {
            return talk.Texts.NoPicture(e.Message);
        }
        if (found is null) return talk.Texts.NoParameters;
        if (found.Ours is { Request: { } request })
        {
            var isOwn = request.UserId == talk.User.Id || request.IsPublic;
            return new ChatReply
            {
                Text = talk.Texts.FoundByLooks(request.Code),
                Infotext = found.Infotext,
                Choices = isOwn ? ResultReplies.ChoicesFor(talk.Texts, request) : [],
                Reference = request.Code,
            };
        }
        var lines = new List<string>();
        if (found.By == FoundBy.Stealth) lines.Add(talk.Texts.HiddenInPixels);
        var recipe = StrictInfotextReader.Read(found.Infotext);
        if (recipe.Parameters.Count > 0)
        {
            var difference = await DifferenceReport.MakeAsync(InfotextMapping.ToRequest(recipe, new ImageRequest(), out _), recipe, engine.Models, cancel);
            lines.AddRange(difference.Lines.Select(line => $"· {talk.Texts.In(line)}"));
            if (difference.SeedMatches) lines.Add(talk.Texts.SameSeedSamePicture);
        }
        return new ChatReply { Text = string.Join('\n', lines), Infotext = found.Infotext };
    }
}
