using DiffusionBot.Bot.Rooms;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Commands;

/// <summary>moderate: what moderators choose for their room. All of it is between them and the bot.</summary>
internal sealed class RoomCommands(RoomDirectory rooms)
{
    /// <summary>No platform's ids are longer.</summary>
    private const int LongestId = 200;

    public async Task<ChatReply> ModerateAsync(Talk talk, string rest, CancellationToken cancel) => Talk.Aside(await AnswerAsync(talk, rest, cancel));

    private async Task<string> AnswerAsync(Talk talk, string rest, CancellationToken cancel)
    {
        var texts = talk.Texts;
        if (talk.Message.Room is not { } room) return texts.OnlyInRooms;
        if (!talk.Message.Author.IsModerator) return texts.OnlyModerators;
        var (verb, what) = Targets.FirstWord(rest);
        switch (verb.ToLowerInvariant())
        {
            case "":
                return texts.Room(talk.Room);
            case "pause" or "暂停":
                await rooms.ChangeAsync(room, settings => settings with { IsPaused = true }, cancel);
                return texts.RoomPaused;
            case "resume" or "恢复" or "继续":
                await rooms.ChangeAsync(room, settings => settings with { IsPaused = false }, cancel);
                return texts.RoomResumed;
            case "block" or "屏蔽":
                return await BlockAsync(talk, room, what, cancel);
            case "unblock" or "解除屏蔽" or "取消屏蔽":
                return await UnblockAsync(talk, room, what, cancel);
            case "language" or "lang" or "语言":
                return await SpeakAsync(texts, room, what, cancel);
            case "defaults" or "default" or "默认值" or "默认":
                return await BeginWithAsync(talk, room, what, cancel);
            default:
                return texts.NoSuchModeration;
        }
    }

    private async Task<string> BlockAsync(Talk talk, string room, string what, CancellationToken cancel)
    {
        if (UserIn(talk, what) is not { } user) return talk.Texts.BlockWhom(talk.Message.Address.Place);
        var now = await rooms.ChangeAsync(
            room, settings => settings.Blocked.Contains(user) || settings.Blocked.Count >= RoomSettings.MostBlocked ? settings : settings with { Blocked = [.. settings.Blocked, user] }, cancel);
        return now.Blocked.Contains(user) ? talk.Texts.BlockedHere(user) : talk.Texts.TooManyBlocked(RoomSettings.MostBlocked);
    }

    private async Task<string> UnblockAsync(Talk talk, string room, string what, CancellationToken cancel)
    {
        if (UserIn(talk, what) is not { } user) return talk.Texts.BlockWhom(talk.Message.Address.Place);
        var was = false;
        await rooms.ChangeAsync(room, settings =>
        {
            was = settings.Blocked.Contains(user);
            return settings with { Blocked = [.. settings.Blocked.Where(other => other != user)] };
        }, cancel);
        return was ? talk.Texts.UnblockedHere(user) : talk.Texts.WasNotBlocked(user);
    }

    private async Task<string> SpeakAsync(BotTexts texts, string room, string what, CancellationToken cancel)
    {
        string? code;
        switch (what.ToLowerInvariant())
        {
            case "zh" or "中文" or "chinese": code = "zh"; break;
            case "en" or "英文" or "english": code = "en"; break;
            case "auto" or "自动": code = null; break;
            default: return texts.WhichLanguage;
        }
        await rooms.ChangeAsync(room, settings => settings with { Language = code }, cancel);
        return (code is null ? texts : new BotTexts(code == "zh" ? Language.Chinese : Language.English)).RoomSpeaks(code);
    }

    private async Task<string> BeginWithAsync(Talk talk, string room, string what, CancellationToken cancel)
    {
        var asked = SettingsWords.Parse(what);
        var problems = asked.Problems.Select(talk.Texts.In);
        if (asked.IsEmpty) return string.Join('\n', [talk.Texts.WhichDefaults, .. problems]);
        var now = await rooms.ChangeAsync(room, settings => settings with { Defaults = asked.Over(settings.Defaults) }, cancel);
        return string.Join('\n', [talk.Texts.RoomBeginsWith(now.Defaults), .. problems]);
    }

    /// <summary>Who is meant by `discord:123` or the mention `&lt;@123&gt;`; null: nobody of this place.</summary>
    private static string? UserIn(Talk talk, string what)
    {
        var place = $"{talk.Message.Address.Place}:";
        if (what.StartsWith("<@", StringComparison.Ordinal) && what.EndsWith('>')) what = $"{place}{what[2..^1].TrimStart('!')}";
        return what.Length > place.Length && what.Length <= LongestId && what.StartsWith(place, StringComparison.Ordinal) && !what.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or '@')
            ? what : null;
    }
}
