using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

internal sealed partial class BotTexts
{
    public string Help => Say(
        """
        Write what you want to see, in English or Chinese: a red apple on a blue background
        Parameters go behind: --steps 30 --size 512x768 --sampler DDIM --seed 7 --cfg 10 --no blurry
        A whole parameter text from a site or an article works too.

        preset [name] [own words]: try a recipe
        again, vary, upscale: on your last picture, or answer a picture of mine with it
        a picture alone, or info: its parameters
        queue, cancel: what waits
        history, collect [code], delete [code]: what you drew
        models, samplers: what there is
        settings: your own defaults (settings --steps 30), language
        forget me: removes all that I keep of you
        """,
        """
        直接写想看的画面，中文英文都行：红苹果，蓝色背景
        参数写在后面：--步数 30 --尺寸 512x768 --采样 DDIM --种子 7 --引导 10 --反向 模糊
        从网站或文章里复制的整段参数也能直接用。

        预设 [名字] [自己的话]：试试现成的配方
        再来、变体、放大：针对上一张图，也可以回复我画的图
        单独发一张图，或者 参数：看图片的参数
        排队、取消：正在等的请求
        历史、取 [编号]、删除 [编号]：你画过的图
        模型、采样器：这里有什么
        设置：个人默认值（设置 --步数 30）和语言
        忘记我：删除我保存的关于你的一切
        """);

    public string Welcome => Say(
        "Hello! Write what you want to see, and I draw it: a red apple on a blue background. A picture that you send comes back as its parameters. \"help\" shows what else I can do. Or begin with one of these:",
        "你好，我会画画。把想看的画面直接发给我，比如“红苹果，蓝色背景”；发一张图片给我，我告诉你它的参数。发送“帮助”看看我还会什么，或者从这些开始：");

    public string Unreadable => Say(
        "I can make nothing of that. Write what to draw, or send a picture and I tell you its parameters.",
        "这个我看不懂。用文字告诉我画什么，或者发一张图片，我来看它的参数。");

    public string PictureLost => Say("I could not get hold of your picture. Please send it again; it may be too large.", "你的图片我没有收到，请再发一次（图片可能太大了）。");

    /// <summary>Where results are not brought: how to get one.</summary>
    public string CollectLater(string code) => Say($"Send \"collect {code}\" in a while to see it.", $"过一会儿发“取 {code}”来看。");

    public string HelpFlags => Say("All parameters:", "全部参数：");

    public string Presets(IEnumerable<Preset> presets) =>
        $"{Say("Presets (\"preset NAME own words\" tries one):", "预设（发送“预设 名字 自己的话”试一试）：")}\n{string.Join('\n', presets.Select(PresetLine))}";

    /// <summary>A line of its own, or nothing.</summary>
    public string Styles(IReadOnlyList<Style> styles)
    {
        const int Most = 30;
        if (styles.Count == 0) return "";
        var names = string.Join(Say(", ", "、"), styles.Take(Most).Select(style => style.Name));
        return $"\n{Say("Styles (--style NAME adds its words to yours): ", "风格（“--风格 名称”把它的词加到你的话里）：")}{names}{(styles.Count > Most ? " …" : "")}";
    }

    public string NoPresets => Say("There are no presets here.", "这里还没有预设。");

    public string NoSuchPreset(IEnumerable<Preset> nearest) =>
        $"{Say("I know no such preset. Did you mean:", "没有这个预设。你是不是想找：")}\n{string.Join('\n', nearest.Select(PresetLine))}";

    private string PresetLine(Preset preset) => preset.About is null ? $"· {In(preset.Title)}" : $"· {In(preset.Title)}: {In(preset.About)}";

    public string NothingWaits => Say("You have nothing waiting.", "你没有在排队的请求。");

    public string Cancelled(string code) => Say($"{code} is cancelled.", $"{code} 已取消。");

    public string CancelledAll(int count) => Say($"{count} cancelled.", $"已取消 {count} 个。");

    public string TooLateToCancel(string code) => Say($"{code} has ended already.", $"{code} 已经结束了，来不及取消。");

    public string CancelWhich => Say("Several are waiting. Send \"cancel CODE\", or \"cancel all\".", "你有几个请求在排队。请发送“取消 编号”，或“取消 全部”。");

    public string All => Say("all", "全部");

    /// <summary>A line of the queue.</summary>
    public string Waiting(StoredRequest request, Standing standing) => $"· {request.Code}: {Place(standing)} · {Short(request.Prompt)}";

    /// <summary>Where a request stands, and how long it will take.</summary>
    public string Place(Standing standing)
    {
        var place = standing.State == RequestState.Drawing ? Say("being drawn", "正在画")
            : standing.Ahead == 0 ? Say("next", "下一个") : Say($"{standing.Ahead} ahead", $"前面还有 {standing.Ahead} 位");
        return $"{place}{Left(standing.Left, Say(", about {0}", "，约 {0}"))}";
    }

    /// <summary>A sign of life, in a line.</summary>
    public string Sign(RequestProgress sign) => sign switch
    {
        { State: RequestState.Cancelled } => Say("cancelled", "已取消"),
        { State: RequestState.Done } => Say("drawn", "画好了"),
        { State: RequestState.Failed } => Say("failed", "失败"),
        _ => $"{(sign.Step == 0 ? Say("getting ready", "准备中") : Say($"step {sign.Step} of {sign.Steps}", $"第 {sign.Step}/{sign.Steps} 步"))}{Left(sign.Left, Say(", about {0} left", "，还需约 {0}"))}",
    };

    public string QueueLength(int length, bool paused) => (length, paused) switch
    {
        (_, true) => Say($"{length} waiting in all. An operator has paused drawing; nothing is lost.", $"一共 {length} 个在排队。管理员暂停了画图，请求都还在。"),
        (0, _) => Say("Nobody is waiting.", "没有人在排队。"),
        _ => Say($"{length} waiting in all.", $"一共 {length} 个在排队。"),
    };

    public string NoHistory => Say("You have drawn nothing yet.", "你还没有画过图。");

    public string HistoryLine(StoredRequest request)
    {
        var state = request.State switch
        {
            RequestState.Queued => Say("waiting", "排队中"),
            RequestState.Drawing => Say("being drawn", "正在画"),
            RequestState.Failed => Say("failed", "失败"),
            RequestState.Cancelled => Say("cancelled", "已取消"),
            _ when request.Pictures.Count > 0 => Seed(request.Pictures[0].Seed),
            _ => Say("deleted", "已删除"),
        };
        return $"· {request.Code}: {Short(request.Prompt)} · {state}";
    }

    public string HistoryHint => Say("\"collect CODE\" shows one again, \"again CODE\" draws it anew.", "“取 编号”再看一次，“再来 编号”重新画。");

    public string NothingToCollect => Say("Nothing is waiting for you to collect.", "没有等你来取的图。");

    public string Collected(int count) => Say($"{count} on the way.", $"有 {count} 份结果，马上给你。");

    public string DeleteWhich => Say("Which one? \"delete CODE\", or answer the picture with \"delete\".", "删除哪一张？请发送“删除 编号”，或者回复那张图。");

    public string Deleted(string code) => Say($"{code} is deleted: pictures, texts, files.", $"{code} 已删除：图片、文字、文件都没有了。");

    public string StillWaiting(string code) => Say($"{code} is not finished; cancel it first.", $"{code} 还没结束，请先取消它。");

    public string ForgetReally => Say(
        "This removes all your pictures, texts and defaults from here, for good. Send \"forget me yes\" to do it.",
        "这会把你的图片、文字和默认设置从这里全部删除，无法恢复。确定的话请发送“忘记我 确定”。");

    public string ForgetTyped => Say("forget me yes", "忘记我 确定");

    public string Yes => Say("Yes, forget me", "确定，忘记我");

    public string Forgotten(int pictures) => Say($"Done. I have forgotten you ({pictures} pictures removed).", $"好了，我已经忘记你了（删除了 {pictures} 张图）。");

    public string Models(IEnumerable<string> lines) => $"{Say("Models:", "模型：")}\n{string.Join('\n', lines)}";

    public string DefaultModel => Say("default", "默认");

    public string NoModels => Say("There are no models here.", "这里没有模型。");

    public string Samplers(IEnumerable<string> samplers, IEnumerable<string> schedules) => Say(
        $"Samplers: {string.Join(", ", samplers)}\nSchedules: {string.Join(", ", schedules)}",
        $"采样器：{string.Join("、", samplers)}\n调度器：{string.Join("、", schedules)}");

    public string Settings(IReadOnlyDictionary<string, string> defaults, string language, int today) => Say(
        $"Your defaults: {Pairs(defaults, "none")}\nLanguage: {language}\nPictures in the last 24 hours: {today}\nChange them with \"settings --steps 30 --size 512x768\", \"settings --lang zh\"; \"settings reset\" removes them.",
        $"你的默认值：{Pairs(defaults, "无")}\n语言：{language}\n24 小时内画了 {today} 张\n修改：“设置 --步数 30 --尺寸 512x768”、“设置 --语言 en”；“设置 重置”恢复默认。");

    public string LanguageName => Say("English", "中文");

    public string SettingsKept(IReadOnlyDictionary<string, string> defaults) => Say($"Kept. Your defaults: {Pairs(defaults, "none")}", $"记住了。你的默认值：{Pairs(defaults, "无")}");

    public string LanguageKept => Say("From now on I speak English to you.", "以后我就跟你说中文了。");

    public string NoSuchSetting => Say("That is no setting I know. For example: settings --steps 30 --size 512x768", "没有这样的设置。例如：设置 --步数 30 --尺寸 512x768");

    public string NoPictureToRead => Say("Send a picture, or answer one with \"info\".", "发一张图片给我，或者回复一张图说“参数”。");

    public string FoundByLooks(string code) => Say(
        $"The text in this picture is gone, but I drew it myself ({code}) and know it by its looks:",
        $"这张图里的参数已经丢失，不过它是我画的（{code}），我认得它：");

    public string NoParameters => Say(
        "I found no parameters in this picture. Looked at: text chunks and EXIF, hidden text in its pixels (stealth), and what I have drawn myself.",
        "这张图里没有找到参数。我查过：图片里的文字和 EXIF、藏在像素里的文字（stealth），还有我自己画过的图。");

    public string NoPicture(string why) => Say($"I cannot read this picture: {why}", $"这张图我读不了：{why}");

    public string HiddenInPixels => Say("Hidden in its pixels (stealth):", "参数藏在像素里（stealth）：");

    public string NoParametersInReply => Say("I cannot tell how the picture that you answer was drawn; your words are drawn anew.", "看不出你回复的图是怎么画的，就按你的话重新画。");

    public string PictureNotUsed => Say("Your words alone are drawn. To draw from the picture, say --init with them.", "只按文字画了。想以这张图为底来画，请在话里加上“用上图”。");

    public string NoSourcePicture => Say(
        "Which picture? Send one first (within ten minutes), send it along, or answer one.", "要用哪张图？请先发一张图（十分钟以内），或者和话一起发，或者回复一张图。");

    private static string Pairs(IReadOnlyDictionary<string, string> pairs, string none) =>
        pairs.Count == 0 ? none : string.Join(" ", pairs.Select(pair => $"--{pair.Key} {pair.Value}"));

    private static string Short(string prompt)
    {
        const int Most = 60;
        var line = prompt.ReplaceLineEndings(" ");
        return line.Length <= Most ? line : $"{line[..(char.IsHighSurrogate(line[Most - 1]) ? Most - 1 : Most)]}…";
    }
}
