using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Imaging;

namespace DiffusionBot.Bot.Commands;

/// <summary>Finds the picture that somebody wants to be drawn from.</summary>
internal sealed class SourcePictures(Targets targets, PictureArchive archive, RecentPictures recent, TimeProvider clock)
{
    /// <summary>Keeps what was sent, for a message that says what to do with it.</summary>
    public Task KeepAsync(Talk talk, CancellationToken cancel) =>
        talk.Message.Pictures.Count == 0 ? Task.CompletedTask : recent.KeepAsync(talk.User.Id, talk.Message.Pictures[0].Bytes, cancel);

    /// <summary>
    /// The request with the picture that was sent along, else that which is answered, else the last that was sent or drawn within ten minutes. Of two sent along the second is the mask.
    /// </summary>
    /// <returns>Null: there is none.</returns>
    /// <exception cref="InvalidRequestException">It is no picture.</exception>
    public async Task<ImageRequest?> GiveAsync(Talk talk, ImageRequest image, CancellationToken cancel)
    {
        var found = await FindAsync(talk, cancel);
        if (found.Count == 0) return null;
        var init = (image.Init ?? new InitImage()) with { Picture = Decode(found[0]) };
        if (found.Count > 1) init = init with { Inpaint = (init.Inpaint ?? new Inpainting()) with { Mask = Decode(found[1]) } };
        return image with { Init = init };
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAsync(Talk talk, CancellationToken cancel)
    {
        if (talk.Message.Pictures.Count > 0) return [.. talk.Message.Pictures.Select(p => p.Bytes)];
        if (talk.Message.RepliedTo is { } answered)
        {
            if (answered.Pictures.Count > 0) return [answered.Pictures[0].Bytes];
            if (await targets.NamedAsync(talk, "", cancel) is { Picture: { } drawn }) return await OfAsync(drawn, cancel);
        }
        if (await recent.FindAsync(talk.User.Id, cancel) is { } sent) return [sent];
        var history = await archive.HistoryAsync(talk.User.Id, 1, cancel);
        var since = clock.GetUtcNow().UtcDateTime - RecentPictures.KeptFor;
        return history.SelectMany(request => request.Pictures).FirstOrDefault(picture => picture.CreatedAt >= since) is { } latest ? await OfAsync(latest, cancel) : [];
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> OfAsync(StoredPicture picture, CancellationToken cancel) =>
        await archive.ReadAsync(picture, cancel) is { } bytes ? [bytes] : [];

    private static Bitmap Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return PictureReader.Decode(bytes).Bitmap;
        }
        catch (InvalidPictureException e)
        {
            throw new InvalidRequestException(new LocalText($"The picture cannot be drawn from: {e.Message}", $"这张图没法用来画：{e.Message}"));
        }
    }
}
