namespace DiffusionBot.Chat.WeChat.Showing;

/// <summary>What this place adds to what the bot says, in both languages side by side.</summary>
internal sealed class WeChatTexts(string language)
{
    public string Picture(int number, int count) => count == 1 ? Say("See the picture", "看图") : Say($"Picture {number}", $"图 {number}");

    public string OpenIt => Say("Open it for the large picture and its parameters. Send \"again\" for another one.", "点开看大图和参数；发“再来”换一张。");

    public string YouCanSend(IEnumerable<string> words) => Say($"You can send: {string.Join(", ", words)}", $"可以发送：{string.Join("、", words)}");

    public string MoreWait(int count) => Say($"{count} more wait for you: send \"collect\".", $"还有 {count} 份结果等着你，发“取”来看。");

    public string GoOn => Say("(Send \"more\" to read on.)", "（没有说完，发“继续”接着看。）");

    public string WentWrong => Say("Something went wrong on my side. Please send that again.", "我这边出了点问题，请再发一次。");

    public string StillWorking => Say("I am still at it. Send \"collect\" in a moment.", "还在处理，过一会儿发“取”来看。");

    public string NowhereToShow => Say(
        "The picture is drawn, but this account can show none: its operator has not told the address of its pages (Web:PublicUrl).",
        "图已经画好了，但这个公众号没法显示图片：管理员还没有设置网页地址（Web:PublicUrl）。");

    private string Say(string english, string chinese) => language == "en" ? english : chinese;
}
