namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>An answer within the response to WeChat's POST.</summary>
internal abstract record PassiveReply
{
    /// <summary>A text, which may have links.</summary>
    /// <param name="Content">At most 2048 bytes of UTF-8.</param>
    internal sealed record Text(string Content) : PassiveReply;

    /// <summary>A card.</summary>
    /// <param name="Article">What is on it.</param>
    internal sealed record News(NewsArticle Article) : PassiveReply;
}

/// <summary>A card that opens a page.</summary>
/// <param name="Title">At most 64 characters.</param>
/// <param name="Description">A few lines.</param>
/// <param name="PicUrl">A JPEG or PNG.</param>
/// <param name="Url">What it opens.</param>
internal sealed record NewsArticle(string Title, string Description, Uri PicUrl, Uri Url);
