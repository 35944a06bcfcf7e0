using DiffusionBot.Chat;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Pictures;

namespace DiffusionBot.Web.Chat;

/// <summary>Visitors' conversations, in the transcript.</summary>
internal sealed class Conversation(Transcript transcript, PictureCopies copies)
{
    private const int InlineWidth = 320, LongestQuote = 200;

    /// <summary>Writes what a visitor said, once for each id.</summary>
    public async Task SayAsync(string visitor, string id, string text, IReadOnlyList<ChatPicture> pictures, ChatLine? repliedTo, CancellationToken cancel)
    {
        var shown = new List<LinePicture>();
        foreach (var picture in pictures)
            shown.Add(new LinePicture(null, await copies.InlineAsync(picture.Bytes, InlineWidth, cancel), picture.FileName ?? "", 0, 0));
        await transcript.AppendAsync(visitor, id, new ChatLine { FromVisitor = true, Text = text, Pictures = shown, Quote = QuoteOf(repliedTo) }.ToJson(), cancel);
    }

    /// <summary>Writes what the bot says, once for each key.</summary>
    public async Task AnswerAsync(string visitor, string key, ChatReply reply, CancellationToken cancel)
    {
        var shown = new List<LinePicture>();
        foreach (var picture in reply.Pictures)
        {
            var inline = picture.PagePath is null ? await copies.InlineAsync(picture.Bytes, InlineWidth * 2, cancel) : null;
            shown.Add(new LinePicture(picture.PagePath, inline, picture.Description, picture.Width, picture.Height));
        }
        var line = new ChatLine
        {
            Text = reply.Text.Trim(),
            Infotext = reply.Infotext,
            Pictures = shown,
            Choices = [.. reply.Choices.Select(c => new LineChoice(c.Label, c.Words))],
            Reference = reply.Reference,
        };
        await transcript.AppendAsync(visitor, key, line.ToJson(), cancel);
    }

    /// <summary>One line of the visitor's; null where it is not there.</summary>
    public async Task<ChatLine?> FindAsync(string visitor, long id, CancellationToken cancel) =>
        id > 0 && await transcript.AfterAsync(visitor, id - 1, 1, cancel) is [var entry] && entry.Id == id ? ChatLine.FromJson(entry.Body) : null;

    /// <summary>Lines after one, oldest first.</summary>
    public async Task<IReadOnlyList<ShownLine>> AfterAsync(string visitor, long after, int take, CancellationToken cancel) =>
        Shown(await transcript.AfterAsync(visitor, after, take, cancel));

    /// <summary>The newest lines before one, oldest first; null: the very newest.</summary>
    public async Task<IReadOnlyList<ShownLine>> BeforeAsync(string visitor, long? before, int take, CancellationToken cancel) =>
        Shown(await transcript.BeforeAsync(visitor, before, take, cancel));

    private static List<ShownLine> Shown(IReadOnlyList<TranscriptEntry> entries) =>
        [.. entries.Select(e => ChatLine.FromJson(e.Body) is { } line ? new ShownLine(e.Id, e.CreatedAt, line) : null).OfType<ShownLine>()];

    private static string? QuoteOf(ChatLine? line)
    {
        if (line is null) return null;
        var text = line.Text.Length > 0 ? line.Text : line.Pictures is [var picture, ..] ? picture.Description : "";
        text = text.ReplaceLineEndings(" ");
        return text.Length > LongestQuote ? string.Concat(text.AsSpan(0, LongestQuote), "…") : text;
    }
}
