using System.Text.RegularExpressions;

namespace DiffusionBot.FakeWeChat.Users;

/// <summary>Something that a user sees.</summary>
public abstract record Seen
{
    /// <summary>When it appeared.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Whether it is the answer to a message of theirs, not a push.</summary>
    public bool IsReply { get; init; }
}

/// <summary>A text.</summary>
/// <param name="Text">With its links' markup.</param>
public sealed partial record SeenText(string Text) : Seen
{
    /// <summary>The links in it.</summary>
    public IReadOnlyList<SeenLink> Links { get; } = [.. Anchors().Matches(Text).Select(m => new SeenLink(m.Groups["text"].Value, m.Groups["href"].Value))];

    /// <summary>What stands on the screen: without markup.</summary>
    public string Shown => Anchors().Replace(Text, m => m.Groups["text"].Value);

    [GeneratedRegex("""<a\s+href=(?<q>["'])(?<href>.*?)\k<q>[^>]*>(?<text>.*?)</a>""", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Anchors();
}

/// <summary>A link in a text.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Href">As written.</param>
public sealed record SeenLink(string Text, string Href);

/// <summary>A picture.</summary>
/// <param name="MediaId">Of the upload.</param>
/// <param name="Bytes">The file.</param>
public sealed record SeenPicture(string MediaId, byte[] Bytes) : Seen;

/// <summary>A card.</summary>
public sealed record SeenCard(string Title, string Description, string PicUrl, string Url) : Seen;

/// <summary>The account did not answer, or with what is no answer.</summary>
public sealed record SeenUnavailable : Seen
{
    /// <summary>What WeChat shows.</summary>
    public const string Text = "该公众号暂时无法提供服务，请稍后再试";
}

/// <summary>对方正在输入 appears, or goes.</summary>
/// <param name="IsOn">Whether it appears.</param>
public sealed record SeenTyping(bool IsOn) : Seen;
