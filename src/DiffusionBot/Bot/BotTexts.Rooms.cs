using DiffusionBot.Bot.Rooms;

namespace DiffusionBot.Bot;

/// <summary>What is said about rooms, most of it to their moderators.</summary>
internal sealed partial class BotTexts
{
    /// <summary>Ids that are listed; nobody reads more.</summary>
    private const int MostListed = 20;

    public string BlockedInRoom => Say("A moderator has blocked you here, so I cannot draw for you on this server.", "这里的管理员屏蔽了你，我不能在这个服务器里为你画图。");

    public string RoomIsPaused => Say(
        "The moderators are taking a break from drawing here. Nothing is lost: what was already waiting is still drawn. Please try again later.",
        "管理员暂停了这里的画图。什么都没有丢，已经在排队的还会画完。请过一阵子再来。");

    public string OnlyInRooms => Say("That works only on a server: it is about what holds there.", "这个命令只能在服务器里用：它管的是那里的设置。");

    public string OnlyModerators => Say("Only moderators of this server can do that.", "只有这个服务器的管理员才能这么做。");

    public string NoSuchModeration => $"{Say("That I do not know how to do.", "这个我不会。")}\n{HowToModerate}";

    private string HowToModerate => Say(
        "/moderate pause · resume · block @SOMEBODY · unblock @SOMEBODY · language zh|en|auto · defaults --steps 30 --size 512x768 · defaults reset",
        "/管理 暂停 · 恢复 · 屏蔽 @某人 · 解除屏蔽 @某人 · 语言 zh|en|auto · 默认值 --步数 30 --尺寸 512x768 · 默认值 重置");

    /// <summary>What holds in a room.</summary>
    public string Room(RoomSettings room)
    {
        var (blocked, more) = (string.Join(Say(", ", "、"), room.Blocked.Take(MostListed)), room.Blocked.Count - MostListed);
        if (more > 0) blocked += Say($" and {more} more", $" 等 {room.Blocked.Count} 人");
        var english = $"""
            Drawing: {(room.IsPaused ? "paused" : "on")}
            Language: {RoomLanguage(room.Language)}
            Defaults: {Pairs(room.Defaults, "none")}
            Blocked: {(blocked.Length == 0 ? "nobody" : blocked)}
            """;
        var chinese = $"""
            画图：{(room.IsPaused ? "已暂停" : "正常")}
            语言：{RoomLanguage(room.Language)}
            默认值：{Pairs(room.Defaults, "无")}
            屏蔽：{(blocked.Length == 0 ? "没有人" : blocked)}
            """;
        return $"{Say(english, chinese)}\n{HowToModerate}";
    }

    public string RoomPaused => Say(
        "Paused: I take no new requests here. What is waiting already is still drawn. \"/moderate resume\" goes on.",
        "已暂停：这里不再接受新的请求，已经在排队的还会画完。发送“/管理 恢复”继续。");

    public string RoomResumed => Say("Drawing goes on here.", "这里可以继续画图了。");

    public string BlockWhom(string place) => Say(
        $"Whom? Mention somebody (\"/moderate block @SOMEBODY\"), or give an id: {place}:123",
        $"要屏蔽谁？请 @ 一个人（“/管理 屏蔽 @某人”），或者写编号：{place}:123");

    public string BlockedHere(string user) => Say($"{user} is blocked on this server.", $"{user} 在这个服务器里被屏蔽了。");

    public string TooManyBlocked(int most) => Say($"{most} people are blocked here, which is the most; unblock somebody first.", $"这里已经屏蔽了 {most} 人，到上限了；请先解除一些。");

    public string UnblockedHere(string user) => Say($"{user} may draw here again.", $"{user} 又可以在这里画图了。");

    public string WasNotBlocked(string user) => Say($"{user} was not blocked here.", $"{user} 没有在这里被屏蔽。");

    public string WhichLanguage => Say("Which one? language zh, language en, or language auto (as each one's app says).", "要哪种语言？请发送 语言 zh、语言 en，或 语言 auto（跟随每个人的应用）。");

    public string RoomSpeaks(string? code) => code is null
        ? Say("I speak to everybody here as their app says.", "在这里我会按每个人应用的语言说话。")
        : Say("From now on I speak English here, except to who has chosen another language.", "以后我在这里说中文，自己选过语言的人除外。");

    public string WhichDefaults => Say("What should requests here begin with? For example: defaults --steps 30 --size 512x768", "这里的请求默认用什么参数？例如：默认值 --步数 30 --尺寸 512x768");

    public string RoomBeginsWith(IReadOnlyDictionary<string, string> defaults) => Say(
        $"Kept. Requests here begin with: {Pairs(defaults, "nothing of their own")}", $"记住了。这里的默认值：{Pairs(defaults, "无")}");

    private string RoomLanguage(string? code) => code switch
    {
        "zh" => Say("Chinese", "中文"),
        "en" => Say("English", "英文"),
        _ => Say("as each one's app says", "跟随每个人的应用"),
    };
}
