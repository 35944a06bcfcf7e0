namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>What this place adds to what the bot says, in both languages side by side.</summary>
internal sealed class DiscordTexts(string language)
{
    /// <summary>By the language of somebody's app: `zh-CN`, `en-US`.</summary>
    public static DiscordTexts Of(string? locale) => new(locale?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? "zh" : "en");

    public string Edit => Say("Edit", "修改");

    public string Parameters => Say("Parameters", "参数");

    public string EditTitle => Say("Change it and draw it", "修改后再画");

    public string EditLabel => Say("Prompt and parameters", "提示词和参数");

    public string TooLongToEdit => Say(
        "Its parameters are too long for Discord's form. Answer the picture with what should be different instead.",
        "参数太长，Discord 的表单放不下。请直接回复这张图，写上要改的地方。");

    public string UnknownButton => Say("I do not know this button any more. Please use a newer message.", "这个按钮我已经不认识了，请用新一点的消息。");

    public string UnknownCommand => Say("I do not know this command any more. Please restart Discord to see the new ones.", "这个命令我已经不认识了，请重启 Discord 看看新的命令。");

    public string NoDirectMessages => Say("I do not draw in direct messages. Find me on a server.", "我不在私信里画图，请到服务器里找我。");

    public string NotHere(string channels) => Say($"I do not draw in this channel. Find me in {channels}.", $"我不在这个频道画图，请到 {channels} 找我。");

    public string WentWrong => Say("Something went wrong on my side. Please try that again.", "我这边出了点问题，请再试一次。");

    public string Finished(string user) => Say($"{user} here is your picture:", $"{user} 你的图画好了：");

    public string Answered(string user) => Say($"{user} about your request:", $"{user} 关于你的请求：");

    private string Say(string english, string chinese) => language == "en" ? english : chinese;
}
