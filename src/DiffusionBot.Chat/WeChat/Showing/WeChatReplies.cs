using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.WeChat.Showing;

/// <summary>Replies in the forms that WeChat has: text, card, picture.</summary>
internal sealed class WeChatReplies(PublicAddress address)
{
    private const int LongestTitle = 60, LongestDescription = 200, MostChoices = 12;

    /// <summary>All of a reply as text. Pictures are links to their pages, where they have such; then the parameters stand on the page, and not in the text.</summary>
    /// <param name="reply">What is said.</param>
    /// <param name="account">Of whom.</param>
    /// <param name="withPictures">Whether the pictures are to be told of; false where they are shown besides.</param>
    public string TextOf(ChatReply reply, WeChatAccountOptions account, bool withPictures)
    {
        var texts = new WeChatTexts(reply.Language);
        var sections = new List<string> { WeChatText.Plain(reply.Text) };
        var links = withPictures ? LinksOf(reply, texts) : [];
        if (links.Count > 0) sections.Add(string.Join("  ", links));
        else if (withPictures && reply.Pictures.Count > 0) sections.Add(texts.NowhereToShow);
        if (reply.Infotext is not null && links.Count == 0) sections.Add(WeChatText.Plain(reply.Infotext));
        if (ChoicesOf(reply, account, texts) is { } choices) sections.Add(choices);
        return string.Join("\n\n", sections.Where(section => section.Length > 0));
    }

    /// <summary>A reply that is one picture, as a card that opens its page; null where that cannot be.</summary>
    public NewsArticle? CardOf(ChatReply reply)
    {
        if (reply.Pictures is not [var picture] || address.Of(picture.PagePath) is not { } page || address.Of(picture.PreviewPath) is not { } preview) return null;
        var lines = reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var description = string.Join('\n', [.. lines.Skip(1), Cut(picture.Description, LongestDescription), new WeChatTexts(reply.Language).OpenIt]);
        return new NewsArticle(Cut(lines.FirstOrDefault() ?? picture.Description, LongestTitle), description, preview, page);
    }

    /// <summary>Pictures, then the text in as few pieces as it takes.</summary>
    public IReadOnlyList<PushPart> PartsOf(ChatReply reply, WeChatAccountOptions account) =>
    [
        .. reply.Pictures.Select(picture => new PushPart.Image(picture)),
        .. WeChatText.Pieces(TextOf(reply, account, withPictures: false)).Select(text => new PushPart.Text(text)),
    ];

    /// <summary>The same in one call, for who may make no more, or may upload no pictures: a card, or a text with links. Where the pages' address is not told, a text that says so.</summary>
    public PushPart OnePartOf(ChatReply reply, WeChatAccountOptions account) => CardOf(reply) is { } card
        ? new PushPart.Card(card)
        : new PushPart.Text(WeChatText.Pieces(TextOf(reply, account, withPictures: true))[0]);

    /// <summary>Whether pictures can be shown as links.</summary>
    public bool HasPages(ChatReply reply) => reply.Pictures.Any(picture => address.Of(picture.PagePath) is not null);

    private List<string> LinksOf(ChatReply reply, WeChatTexts texts) =>
    [
        .. reply.Pictures.Select((picture, index) => (Page: address.Of(picture.PagePath), Number: index + 1)).Where(link => link.Page is not null)
            .Select(link => WeChatText.Link(link.Page!, texts.Picture(link.Number, reply.Pictures.Count))),
    ];

    private static string? ChoicesOf(ChatReply reply, WeChatAccountOptions account, WeChatTexts texts)
    {
        var choices = reply.Choices.Take(MostChoices).ToList();
        if (choices.Count == 0) return null;
        return account.TapLinks
            ? string.Join("  ", choices.Select(choice => WeChatText.TapLink(choice.Words, choice.Label)))
            : texts.YouCanSend(choices.Select(choice => WeChatText.Plain(choice.Typed)));
    }

    private static string Cut(string text, int most)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= most ? line : $"{line[..(char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1)]}…";
    }
}
