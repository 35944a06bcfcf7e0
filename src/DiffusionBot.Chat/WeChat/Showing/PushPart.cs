using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.WeChat.Showing;

/// <summary>What one call shows.</summary>
internal abstract record PushPart
{
    /// <summary>A picture, to be uploaded before.</summary>
    internal sealed record Image(ReplyPicture Picture) : PushPart;

    /// <summary>A text of at most <see cref="WeChatText.MostBytes"/>.</summary>
    internal sealed record Text(string Content) : PushPart;

    /// <summary>A card.</summary>
    internal sealed record Card(NewsArticle Article) : PushPart;
}
