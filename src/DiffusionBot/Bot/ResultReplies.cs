using DiffusionBot.Chat;
using DiffusionBot.Generation.Labels;
using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>Puts what became of a request into a reply.</summary>
internal sealed class ResultReplies(PictureArchive archive, PictureLabels labels, PromptPolicy policy)
{
    /// <summary>What an entry of the outbox owes.</summary>
    public async Task<ChatReply> ForAsync(OutboxEntry entry, StoredRequest request, bool withFiles, CancellationToken cancel)
    {
        var texts = new BotTexts(request.Language);
        var reply = entry.Kind == OutboxKind.Notice
            ? new ChatReply { Text = entry.Text ?? "", Reference = request.Code }
            : await ForAsync(request, texts, withFiles, cancel);
        return reply with { Language = texts.Code };
    }

    /// <summary>With what was said when the request was accepted, for who does not see that any more.</summary>
    public static ChatReply WithNotes(ChatReply reply, StoredRequest request) =>
        request.Notes.Length == 0 ? reply : reply with { Text = string.Join('\n', [reply.Text, .. request.Notes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(BotTexts.Note)]) };

    /// <summary>The pictures of a request that is done, or why it has none.</summary>
    /// <param name="request">With its pictures.</param>
    /// <param name="texts">In which language.</param>
    /// <param name="withFiles">Whether the pictures' bytes are needed; else only where they are is told.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ChatReply> ForAsync(StoredRequest request, BotTexts texts, bool withFiles, CancellationToken cancel)
    {
        if (request.State == RequestState.Failed) return new ChatReply { Text = texts.Failed(request), Reference = request.Code };
        if (request.State == RequestState.Cancelled) return new ChatReply { Text = texts.Cancelled(request.Code), Reference = request.Code };
        var pictures = new List<ReplyPicture>();
        foreach (var picture in request.Pictures.OrderBy(p => p.Index))
        {
            ReadOnlyMemory<byte> copy = default;
            if (withFiles)
            {
                if (await archive.ReadAsync(picture, cancel) is not { } original) continue;
                copy = labels.For(original, request.Place, picture.Id.ToString("N"));
            }
            pictures.Add(new ReplyPicture($"{request.Code}{(request.Pictures.Count > 1 ? $"-{picture.Index + 1}" : "")}.png", copy, texts.Description(picture))
            {
                PagePath = $"/p/{picture.Token}",
                FilePath = $"/p/{picture.Token}.png",
                PreviewPath = $"/p/{picture.Token}.jpg?w=640",
                Width = picture.Width,
                Height = picture.Height,
            });
        }
        if (pictures.Count == 0) return new ChatReply { Text = texts.PictureGone(request.Code), Reference = request.Code };
        return new ChatReply
        {
            Text = $"{texts.Result(request)}\n{request.EngineNotes}".TrimEnd(),
            Infotext = request.Pictures[0].Infotext,
            Facts = texts.Facts(request),
            Pictures = pictures,
            Choices = ChoicesFor(texts, request),
            Reference = request.Code,
            IsSpoiler = policy.WantsSpoiler(request),
        };
    }

    /// <summary>What can be done with a result; of several pictures each by its number.</summary>
    public static IReadOnlyList<ChatChoice> ChoicesFor(BotTexts texts, StoredRequest request)
    {
        var (code, count) = (request.Code, request.Pictures.Count);
        var numbered = count <= 1
            ? [BotTexts.Choice(texts.Vary, "vary", code), BotTexts.Choice(texts.Upscale, "upscale", code)]
            : Enumerable.Range(1, count).Select(n => BotTexts.Choice(texts.Upscale, "upscale", $"{code}-{n}", $"U{n}"))
                .Concat(Enumerable.Range(1, count).Select(n => BotTexts.Choice(texts.Vary, "vary", $"{code}-{n}", $"V{n}")));
        return [BotTexts.Choice(texts.Again, "again", code), .. numbered, BotTexts.Choice(texts.Delete, "delete", code)];
    }
}
