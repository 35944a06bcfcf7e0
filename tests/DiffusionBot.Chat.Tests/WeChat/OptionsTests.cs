using DiffusionBot.Chat.WeChat;

namespace DiffusionBot.Chat.Tests.WeChat;

/// <summary>What an operator may get wrong.</summary>
public sealed class OptionsTests
{
    private const string Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    private static WeChatAccountOptions Account => new() { Token = "spamtest", EncodingAesKey = Key, AppId = "wx2c2769f8efd9abc2", AppSecret = "secret" };

    private static string[] Problems(WeChatAccountOptions account, string name = "main")
    {
        var options = new WeChatOptions { Accounts = { [name] = account } };
        return [.. options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options)).Select(problem => problem.ErrorMessage!)];
    }

    [Fact]
    public void A_whole_account_has_no_problem() => Assert.Empty(Problems(Account));

    [Fact]
    public void Each_problem_says_what_was_found_and_what_was_expected()
    {
        var account = Account;
        account.Token = "no spaces";
        account.EncodingAesKey = "short";
        account.AppSecret = null;
        account.PushHours = 49;
        Assert.Equal(
            ["WeChat:Accounts:main:Token has 9 characters; expected 3 to 32 letters and digits, as in the console.",
             "WeChat:Accounts:main:EncodingAesKey has 5 characters; expected the 43 letters and digits that the console shows, or Mode \"Plaintext\".",
             "WeChat:Accounts:main:AppSecret is missing; a certified account needs it. For an account without rights set Kind to \"Uncertified\".",
             "WeChat:Accounts:main:PushHours is 49; expected 0.01 to 48."], Problems(account));
        Assert.Single(Problems(Account, "a/b"));
    }

    [Fact]
    public void A_button_does_one_thing_and_its_name_fits()
    {
        var account = Account;
        account.Menu.Add(new WeChatButtonOptions { Name = "画图", Say = "预设" });
        Assert.Empty(Problems(account));
        account.Menu.Add(new WeChatButtonOptions { Name = "名字太长放不下", Say = "预设", Url = "https://example.com" });
        Assert.Equal(2, Problems(account).Length);
    }
}
