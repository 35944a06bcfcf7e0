using System.Globalization;
using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>What the bot says in chats, in the language of choice. Both stand together so that they stay equal.</summary>
internal sealed partial class BotTexts(Language language)
{
    /// <summary>`zh` or `en`.</summary>
    public string Code => Say("en", "zh");

    /// <summary>One of these texts in both languages, for who is told it later or elsewhere.</summary>
    public static LocalText Both(Func<BotTexts, string> text) => new(text(new BotTexts(Language.English)), text(new BotTexts(Language.Chinese)));

    /// <summary>A verb with what it is about, to press or to type.</summary>
    /// <param name="verb">In the reader's language.</param>
    /// <param name="word">In English.</param>
    /// <param name="about">A code, or a name.</param>
    /// <param name="label">What stands on a button; null: the verb.</param>
    public static ChatChoice Choice(string verb, string word, string about, string? label = null) => new(label ?? verb, $"{word} {about}") { Typed = $"{verb} {about}" };

    /// <summary>A line that says what is to be known besides.</summary>
    public static string Note(string note) => $"· {note}";

    public string Again => Say("Again", "再来");

    public string Vary => Say("Vary", "变体");

    public string Upscale => Say("Upscale", "放大");

    public string Cancel => Say("Cancel", "取消");

    public string Collect => Say("Collect", "取");

    public string Preset => Say("Preset", "预设");

    public string Delete => Say("Delete", "删除");

    public string NothingToDraw => Say(
        "Tell me what to draw: \"draw a red apple on a blue background\". \"help\" shows what else I can do.",
        "告诉我画什么吧，比如“画 红苹果，蓝色背景”。发送“帮助”可以看看我还会什么。");

    /// <summary>The answer to a request that was accepted.</summary>
    public string Accepted(string code, Standing standing) => standing.State switch
    {
        RequestState.Done => Say($"{code} is drawn already.", $"{code} 已经画好了。"),
        RequestState.Failed or RequestState.Cancelled => Say($"{code} has ended already.", $"{code} 已经结束了。"),
        _ when standing.Ahead > 0 => Say($"Queued ({code}): {standing.Ahead} ahead{Left(standing.Left, ", about {0}")}.", $"已排队（{code}），前面还有 {standing.Ahead} 位{Left(standing.Left, "，约 {0}")}。"),
        _ => Say($"Drawing ({code}){Left(standing.Left, ", about {0}")}.", $"开始画了（{code}）{Left(standing.Left, "，约 {0}")}。"),
    };

    /// <summary>A limit's number, so that nobody has to guess.</summary>
    public string Refused(Acceptance.Refused refused) => refused.Limit switch
    {
        RequestLimit.Pending => Say(
            $"You have {refused.Asked} requests waiting; at most {refused.Most} may wait. Try again when one is done, or cancel one.",
            $"你已经有 {refused.Asked} 个请求在排队，最多 {refused.Most} 个。等画好一张再来，或者先取消一个。"),
        RequestLimit.DailyPictures => Say(
            $"You have had {refused.Asked} pictures in the last 24 hours, and this would go beyond the limit of {refused.Most}. Come back later.",
            $"你在 24 小时内已经画了 {refused.Asked} 张，再画就超过上限 {refused.Most} 张了。晚点再来吧。"),
        RequestLimit.QueueLength => Say(
            $"The queue is full: {refused.Asked} requests wait, and {refused.Most} is the most. Please try again in a few minutes.",
            $"排队的人太多了：已有 {refused.Asked} 个请求，最多 {refused.Most} 个。请过几分钟再试。"),
        RequestLimit.Edge => Say(
            $"{refused.Asked} pixels is too large here; the longer edge may have {refused.Most}.",
            $"{refused.Asked} 像素太大了，这里长边最多 {refused.Most} 像素。"),
        RequestLimit.Steps => Say($"{refused.Asked} steps are too many here; at most {refused.Most}.", $"步数 {refused.Asked} 太多了，这里最多 {refused.Most} 步。"),
        RequestLimit.Pictures => Say(
            $"{refused.Asked} pictures at once are too many here; at most {refused.Most}.",
            $"一次 {refused.Asked} 张太多了，这里一次最多 {refused.Most} 张。"),
        _ => Blocked,
    };

    public string WithoutHires(long asked, long most) => Say(
        $"Drawn without the second pass (hires fix): {asked} pixels would be too large here; the longer edge may have {most}.",
        $"没有做高清修复：{asked} 像素在这里太大了，长边最多 {most} 像素。");

    public string Blocked => Say("You cannot draw here: an operator has blocked you.", "你在这里不能画图：管理员已将你屏蔽。");

    public string AgainstTheRules => Say(
        "I will not draw that: it is against the rules of this place. Please put it differently.",
        "这个我不能画：内容不符合这里的规则。请换个说法。");

    public string NeverDrawn => Say("I will not draw that.", "这个我不会画。");

    public string WentWrong => Say("Something went wrong on my side. Nothing was lost; please try again.", "我这边出了点问题，什么都没有丢，请再试一次。");

    public string Translated(string prompt) => Say($"This model reads English only; drawn is: {prompt}", $"这个模型只懂英文，实际画的是：{prompt}");

    public string NotTranslated(IEnumerable<string> words) => Say(
        $"Not translated (not in the word list): {string.Join(", ", words)}",
        $"没有翻译（词表里没有）：{string.Join("、", words)}");

    public string UpscaleIsLanczos(double factor) => Say($"Enlarged {factor:0.#} times by Lanczos.", $"用 Lanczos 放大 {factor:0.#} 倍。");

    public string NoTarget => Say(
        "Which picture? Answer one of mine, send its code (\"again K7Q2M9\"), or draw one first.",
        "要哪一张？请回复我画的图，或者带上编号（例如“再来 K7Q2M9”），也可以先画一张。");

    public string NotYours(string code) => Say($"{code} is not yours.", $"{code} 不是你的。");

    public string NoSuchCode(string code) => Say($"I know no picture {code}.", $"我这里没有编号为 {code} 的图。");

    public string NotDrawnYet(string code) => Say($"{code} is not drawn yet.", $"{code} 还没有画好。");

    public string PictureGone(string code) => Say($"The file of {code} is gone.", $"{code} 的图片文件已经不在了。");

    public string Seed(long seed) => Say($"seed {seed}", $"种子 {seed}");

    public string SameSeedSamePicture => Say("All that it needs is here: the same seed draws the same picture.", "它需要的文件这里都有：同样的种子会画出同样的图。");

    /// <summary>The head of a result.</summary>
    public string Result(StoredRequest request)
    {
        var (seeds, size, model) = Known(request.Pictures);
        return Say($"{request.Code} · {size} · seed {seeds} · {model}", $"{request.Code} · {size} · 种子 {seeds} · {model}");
    }

    /// <summary>What there is to know of a result, each with its name; of several pictures the first seed and the last.</summary>
    public IReadOnlyList<ReplyFact> Facts(StoredRequest request)
    {
        var (seeds, size, model) = Known(request.Pictures);
        ReplyFact?[] facts =
        [
            new(Say("seed", "种子"), seeds),
            new(Say("size", "尺寸"), size),
            model.Length > 0 ? new(Say("model", "模型"), model) : null,
            request.FinishedAt - request.StartedAt is { Ticks: > 0 } took ? new(Say("time", "用时"), Took(took)) : null,
        ];
        return [.. facts.OfType<ReplyFact>()];
    }

    private static (string Seeds, string Size, string Model) Known(IReadOnlyList<StoredPicture> pictures) =>
        (pictures.Count == 1 ? $"{pictures[0].Seed}" : $"{pictures[0].Seed}–{pictures[^1].Seed}", $"{pictures[0].Width}x{pictures[0].Height}", pictures[0].Model);

    private string Took(TimeSpan time) => time.TotalSeconds < 90 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} {Say("s", "秒")}") : Time(time);

    public string Failed(StoredRequest request) => Say(
        $"{request.Code} could not be drawn: {request.ReasonEnglish}",
        $"{request.Code} 没能画出来：{request.ReasonChinese}");

    /// <summary>A picture in words.</summary>
    public string Description(StoredPicture picture) => picture.Prompt.Length == 0 ? Say("A picture without a prompt", "没有提示词的图") : picture.Prompt;

    private string Left(TimeSpan? left, string form) => left is { } time ? string.Format(null, form, Time(time)) : "";

    /// <summary>A time as people say it.</summary>
    private string Time(TimeSpan time) => time.TotalSeconds < 90
        ? Say($"{Math.Max(1, Math.Ceiling(time.TotalSeconds)):0} s", $"{Math.Max(1, Math.Ceiling(time.TotalSeconds)):0} 秒")
        : Say($"{Math.Ceiling(time.TotalMinutes):0} min", $"{Math.Ceiling(time.TotalMinutes):0} 分钟");

    public string In(LocalText text) => text.In(language);

    private string Say(string english, string chinese) => language == Language.Chinese ? chinese : english;
}
