using DiffusionBot.Chat;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot.Commands;

/// <summary>What "again", "delete" and their like are about.</summary>
/// <param name="Request">The request, with its pictures.</param>
/// <param name="Picture">Which of its pictures; null where it has none (yet).</param>
/// <param name="Rest">What was said besides.</param>
internal sealed record Target(StoredRequest Request, StoredPicture? Picture, string Rest);

/// <summary>Finds what a message is about: a code said with it, the reply that it answers, else the user's latest.</summary>
internal sealed class Targets(PictureArchive archive)
{
    /// <summary>By code or by what is answered; null where neither names anything that this user may see.</summary>
    /// <param name="talk">Who asks, and what they answer.</param>
    /// <param name="rest">What stands behind the verb: `K7Q2M9`, `K7Q2M9-2`, `2`, and perhaps more.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Target?> NamedAsync(Talk talk, string rest, CancellationToken cancel)
    {
        var (first, after) = FirstWord(rest);
        var (code, index) = SplitCode(first);
        // Who says a code means that one, and no other in its place.
        if (RequestCode.IsCode(code)) return await archive.FindByCodeAsync(code, cancel) is { } named && MaySee(talk, named) ? Of(named, index, after) : null;
        if (talk.Message.RepliedTo?.Reference is { } reference && await archive.FindByCodeAsync(SplitCode(reference).Code, cancel) is { } answered && MaySee(talk, answered))
            return WithNumber(answered, SplitCode(reference).Index, rest);
        return null;
    }

    /// <summary>As <see cref="NamedAsync"/>; else the latest that the user drew.</summary>
    public async Task<Target?> FindAsync(Talk talk, string rest, CancellationToken cancel)
    {
        if (await NamedAsync(talk, rest, cancel) is { } named) return named;
        // A message that answers something else, or says a code, is not about the latest picture.
        if (talk.Message.RepliedTo is not null || BeginsWithCode(rest)) return null;
        var history = await archive.HistoryAsync(talk.User.Id, 20, cancel);
        return history.FirstOrDefault(request => request.Pictures.Count > 0) is { } latest ? WithNumber(latest, null, rest) : null;
    }

    /// <summary>Whether the words begin with something that looks like a code.</summary>
    public static bool BeginsWithCode(string rest) => RequestCode.IsCode(SplitCode(FirstWord(rest).First).Code);

    /// <summary>The first word, and what follows.</summary>
    public static (string First, string After) FirstWord(string text)
    {
        var end = text.AsSpan().IndexOfAny([' ', '\t', '\n', '\r', '\u3000']);
        return end < 0 ? (text, "") : (text[..end], text[end..].Trim());
    }

    /// <summary>Pictures belong to who asked; what was drawn where others read along, or stands open before them, they may work with too.</summary>
    private static bool MaySee(Talk talk, StoredRequest request) =>
        request.UserId == talk.User.Id || request.IsPublic || IsOpen(talk.Message.RepliedTo, request) || talk.Moderates(request);

    private static bool IsOpen(RepliedMessage? answered, StoredRequest request) =>
        answered is { IsOpen: true, Reference: { } reference } && SplitCode(reference).Code.Equals(request.Code, StringComparison.OrdinalIgnoreCase);

    private static Target WithNumber(StoredRequest request, int? index, string rest)
    {
        var (first, after) = FirstWord(rest);
        return int.TryParse(first, out var number) && number >= 1 && number <= request.Pictures.Count ? Of(request, number, after) : Of(request, index, rest);
    }

    private static Target Of(StoredRequest request, int? index, string rest) =>
        new(request, request.Pictures.ElementAtOrDefault((index ?? 1) - 1) ?? request.Pictures.FirstOrDefault(), rest);

    private static (string Code, int? Index) SplitCode(string word) =>
        word.IndexOf('-', StringComparison.Ordinal) is var dash and > 0 && int.TryParse(word.AsSpan(dash + 1), out var index) ? (word[..dash], index) : (word, null);
}
