using System.Text.Json.Nodes;
using static DiffusionBot.Chat.Discord.Commands.CommandOption;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>The bot's application commands. What Discord sends for them <see cref="CommandWords"/> reads.</summary>
internal static class DiscordCommandList
{
    private const int LongestWords = 4000, LongestLine = 1000, LongestName = 200, LongestCode = 40;

    /// <summary>A fresh copy for PUT, which takes all at once.</summary>
    /// <param name="forServer">Whether they are put on one server; else they are global.</param>
    public static JsonArray Create(bool forServer = false) => [.. all.Select(command => (JsonNode)command.ToJson(forServer))];

    private static Command Imagine { get; } = new(
        new(CommandNames.Imagine, "画图", "畫圖"),
        new("Draw a picture", "画一张图", "畫一張圖"))
    {
        Options =
        [
            Text(new(CommandNames.Prompt, "提示词", "提示詞"), new("What you want to see, in English or Chinese", "想看的画面，中文英文都行", "想看的畫面，中文英文都可以"), LongestWords) with { IsRequired = true },
            Text(new(CommandNames.Negative, "反向提示词", "反向提示詞"), new("What the picture should not have", "画面里不要出现的内容", "畫面裡不要出現的內容"), LongestWords),
            Whole(new(CommandNames.Steps, "步数", "步數"), new("Sampling steps", "采样步数", "取樣步數"), 1, 150),
            Text(new(CommandNames.Sampler, "采样器", "取樣器"), new("The sampler", "采样方法", "取樣方法"), LongestName) with { Suggests = true },
            Text(new(CommandNames.Schedule, "调度器", "排程器"), new("The schedule of noise", "噪声调度", "雜訊排程"), LongestName) with { Suggests = true },
            Number(new(CommandNames.Cfg, "引导系数", "引導係數"), new("How closely to follow the prompt", "画面多大程度上遵循提示词", "畫面遵循提示詞的程度"), 0, 30),
            Whole(new(CommandNames.Seed, "种子", "種子"), new("The same seed draws the same picture; -1 draws a random one", "种子相同，画面相同；-1 为随机", "種子相同，畫面相同；-1 為隨機"), -1, uint.MaxValue),
            Text(new(CommandNames.Size, "尺寸", "尺寸"), new("Width and height in pixels, like 512x768", "宽和高（像素），例如 512x768", "寬和高（像素），例如 512x768"), LongestCode) with { Suggests = true },
            Choice(new(CommandNames.Ratio, "比例", "比例"), new("Width to height, in place of a size", "宽高比，代替尺寸", "寬高比，用來代替尺寸"),
                [.. new[] { "1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16" }.Select(ratio => (Wording.Same(ratio), ratio))]),
            Text(new(CommandNames.Model, "模型", "模型"), new("The model to draw with", "用哪个模型来画", "用哪個模型來畫"), LongestName) with { Suggests = true },
            Text(new(CommandNames.Preset, "预设", "範本"), new("A recipe to begin with", "以某个预设为底", "以某個範本為基礎"), LongestName) with { Suggests = true },
            Text(Wording.Same(CommandNames.Lora), new("A LoRA to add; NAME:0.8 gives it another weight", "要加的 LoRA；写成 名称:0.8 可以改权重", "要加的 LoRA；寫成 名稱:0.8 可以改權重"), LongestName) with { Suggests = true },
            Whole(new(CommandNames.Count, "张数", "張數"), new("How many pictures", "画几张", "畫幾張"), 1, 10),
            File(new(CommandNames.Image, "底图", "底圖"), new("A picture to draw from", "以这张图为底来画", "以這張圖為底來畫")),
            Number(new(CommandNames.Denoise, "重绘幅度", "重繪幅度"), new("How much of it is drawn anew, 0 to 1", "底图或高清修复重画多少，0 到 1", "底圖或高畫質修復重畫多少，0 到 1"), 0, 1),
            Number(new(CommandNames.Hires, "高清修复", "高畫質修復"), new("A second pass at so many times the size", "放大几倍后再画一遍", "放大幾倍後再畫一遍"), 1, 4),
            Text(new(CommandNames.Style, "风格", "風格"), new("Words that go with yours, by name", "随你的话一起用的词，填风格的名称", "隨你的話一起用的詞，填風格的名稱"), LongestName) with { Suggests = true },
        ],
    };

    private static Command Preset { get; } = new(
        new(CommandNames.Preset, "预设", "範本"),
        new("Draw by a recipe, or see which there are", "用现成的配方画图，或者看看有哪些", "用現成的配方畫圖，或者看看有哪些"))
    {
        Options =
        [
            Text(new(CommandNames.Name, "名称", "名稱"), new("Which one; without it they are listed", "哪一个；不填就列出全部", "哪一個；不填就列出全部"), LongestName) with { Suggests = true },
            Text(new(CommandNames.Words, "内容", "內容"), new("Your own words for it", "加上你自己的描述", "加上你自己的描述"), LongestWords),
        ],
    };

    private static Command Queue { get; } = new(
        new(CommandNames.Queue, "排队", "排隊"),
        new("What waits to be drawn", "正在排队的请求", "正在排隊的請求"));

    private static Command Cancel { get; } = new(
        new(CommandNames.Cancel, "取消", "取消"),
        new("Call off a request of yours", "取消你的请求", "取消你的請求"))
    {
        Options = [Text(new(CommandNames.Code, "编号", "編號"), new("Which one; not needed where only one waits", "哪一个；只有一个在等时可以不填", "哪一個；只有一個在等時可以不填"), LongestCode) with { Suggests = true }],
    };

    private static Command History { get; } = new(
        new(CommandNames.History, "历史", "歷史"),
        new("What you drew", "你画过的图", "你畫過的圖"))
    {
        Options = [Text(new(CommandNames.Code, "编号", "編號"), new("Show this one again; without it they are listed", "再看一次这一个；不填就列出全部", "再看一次這一個；不填就列出全部"), LongestCode) with { Suggests = true }],
    };

    private static Command Models { get; } = new(
        new(CommandNames.Models, "模型", "模型"),
        new("Which models there are", "这里有哪些模型", "這裡有哪些模型"));

    private static Command Settings { get; } = new(
        new(CommandNames.Settings, "设置", "設定"),
        new("Your own defaults and language", "个人默认值和语言", "個人預設值和語言"))
    {
        Options =
        [
            Text(new(CommandNames.Change, "修改", "修改"), new("Like --steps 30 --size 512x768; reset removes all", "例如 --步数 30 --尺寸 512x768；填“重置”恢复默认", "例如 --steps 30 --size 512x768；填 reset 恢復預設"), LongestLine),
            LanguageOf(new("The language in which I speak to you", "我跟你说哪种语言", "我跟你說哪種語言")),
        ],
    };

    private static Command Help { get; } = new(
        new(CommandNames.Help, "帮助", "說明"),
        new("What I can do", "看看我会什么", "看看我會什麼"))
    {
        Options =
        [
            Choice(new(CommandNames.About, "主题", "主題"), new("What to read about", "想了解什么", "想了解什麼"), (new("all parameters", "全部参数", "全部參數"), CommandNames.AllParameters)),
        ],
    };

    private static Command Moderate { get; } = new(
        new(CommandNames.Moderate, "管理", "管理"),
        new("For moderators: what goes for this server", "管理员：本服务器的设置", "管理員：本伺服器的設定"))
    {
        Permissions = 1 << 13,   // MANAGE_MESSAGES
        IsForGuilds = true,
        Options =
        [
            Subcommand(new(CommandNames.Pause, "暂停", "暫停"), new("Draw nothing for this server for now", "本服务器暂停画图", "本伺服器暫停畫圖")),
            Subcommand(new(CommandNames.Resume, "恢复", "恢復"), new("Draw again", "恢复画图", "恢復畫圖")),
            Subcommand(new(CommandNames.Block, "屏蔽", "封鎖"), new("Draw nothing for a user here", "在这里不再为某个用户画图", "在這裡不再為某個使用者畫圖"), UserOf(new("Whom", "哪个用户", "哪個使用者"))),
            Subcommand(new(CommandNames.Unblock, "取消屏蔽", "解除封鎖"), new("Draw for a user again", "重新为某个用户画图", "重新為某個使用者畫圖"), UserOf(new("Whom", "哪个用户", "哪個使用者"))),
            Subcommand(new(CommandNames.Language, "语言", "語言"), new("The language of this server", "本服务器的语言", "本伺服器的語言"),
                LanguageOf(new("Which", "哪种语言", "哪種語言"), (new("automatic", "自动", "自動"), "auto")) with { IsRequired = true }),
            Subcommand(new(CommandNames.Defaults, "默认值", "預設值"), new("What is drawn here where nobody says otherwise", "没有另外说明时，这里怎么画", "沒有另外說明時，這裡怎麼畫"),
                Text(new(CommandNames.Flags, "参数", "參數"), new("Like --steps 30 --size 512x768; without it they are shown", "例如 --步数 30 --尺寸 512x768；不填就显示现在的", "例如 --steps 30 --size 512x768；不填就顯示現在的"), LongestLine)),
            Subcommand(new(CommandNames.Show, "查看", "檢視"), new("What goes for this server now", "本服务器现在的设置", "本伺服器目前的設定")),
        ],
    };

    private static Command Parameters { get; } = new(new(CommandNames.Parameters, "查看参数", "查看參數"), null);

    private static Command DrawAgain { get; } = new(new(CommandNames.DrawAgain, "再画一张", "再畫一張"), null);

    private static CommandOption UserOf(Wording about) => User(new(CommandNames.User, "用户", "使用者"), about);

    private static CommandOption LanguageOf(Wording about, params ReadOnlySpan<(Wording, string)> more) =>
        Choice(new(CommandNames.Language, "语言", "語言"), about, [(Wording.Same("中文"), "zh"), (Wording.Same("English"), "en"), .. more]);

    // Behind what it is made of: statics begin in the order in which they stand.
    private static readonly Command[] all = [Imagine, Preset, Queue, Cancel, History, Models, Settings, Help, Moderate, Parameters, DrawAgain];
}
