using DiffusionBot.Chat.WeChat.Api;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Showing;

/// <summary>WeChat as one place among others: results are pushed as far as the account may, and wait for the user where it may not.</summary>
internal sealed class WeChatAdapter(WeChatAccounts accounts, PushWindows windows, WeChatReplies replies, WeChatPush push, ISharedNotes notes, ILogger<WeChatAdapter> log) : IChatAdapter
{
    public string Place => WeChatAddress.Place;

    public PlaceAbilities AbilitiesAt(ChatAddress address)
    {
        var account = WeChatAddress.TryParse(address, out var user) ? accounts.Find(user.Account) : null;
        return new PlaceAbilities(account?.Api.Rights.CustomerService ?? false, CanEdit: false, account?.Options.TapLinks ?? false, PicturesPerMessage: 1, TextLimit: 600);
    }

    public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancel)
    {
        if (!WeChatAddress.TryParse(delivery.Address, out var user)) throw new DeliveryException($"'{delivery.Address}' is no address of a WeChat user; expected wechat:ACCOUNT/OPENID.", isFinal: true);
        if (accounts.Find(user.Account) is not { } account || !account.Api.Rights.CustomerService) return DeliveryOutcome.WaitsForUser;
        try
        {
            return await ShowAsync(delivery, account, user.OpenId, cancel);
        }
        catch (WeChatApiException e)
        {
            return await OutcomeOfAsync(e, account, user.OpenId, cancel);
        }
    }

    private async Task<DeliveryOutcome> ShowAsync(Delivery delivery, WeChatAccount account, string openId, CancellationToken cancel)
    {
        var (parts, begin) = await PartsAsync(delivery, account, openId, cancel);
        for (var shown = begin; shown < parts.Count; shown++)
        {
            if (!await SendAsync(delivery, account, openId, shown, parts[shown], cancel)) return DeliveryOutcome.WaitsForUser;
            await delivery.PartsShownAsync(shown + 1);
        }
        return DeliveryOutcome.Delivered;
    }

    /// <summary>Sends a part. One whose answer is lost may have been seen: it is sent once more, later, and then counts as seen whatever is heard.</summary>
    private async Task<bool> SendAsync(Delivery delivery, WeChatAccount account, string openId, int number, PushPart part, CancellationToken cancel)
    {
        try
        {
            return await push.SendAsync(account, openId, part, cancel);
        }
        catch (WeChatApiException e) when (e.MayBeDone)
        {
            var (_, isFirst) = await notes.AddAsync($"wechat/unheard/{delivery.Key}/{number}", "", TimeSpan.FromDays(2), CancellationToken.None);
            WeChatTalkLog.Unheard(log, account.Name, openId, number + 1, e.Message, isFirst ? "it is sent once more and may be seen twice" : "it counts as seen");
            if (isFirst) throw;
            return true;
        }
    }

    /// <summary>All of it where that may be sent, else the same in one part; and where to begin. What was begun goes on as it began, unless its pictures may be uploaded no more.</summary>
    private async Task<(IReadOnlyList<PushPart> Parts, int Begin)> PartsAsync(Delivery delivery, WeChatAccount account, string openId, CancellationToken cancel)
    {
        var (reply, begin) = (delivery.Reply, delivery.PartsShown);
        var all = replies.PartsOf(reply, account.Options);
        if (!all.Skip(begin).Any(part => part is PushPart.Image)) return (all, begin);
        if (account.Api.Rights.Media && (begin > 0 || !replies.HasPages(reply) || all.Count <= await windows.LeftAsync(account, openId, cancel))) return (all, begin);
        return ([replies.OnePartOf(reply, account.Options)], 0);
    }

    private async Task<DeliveryOutcome> OutcomeOfAsync(WeChatApiException error, WeChatAccount account, string openId, CancellationToken cancel)
    {
        switch (error.Code)
        {
            case var code when PushWindows.IsClosed(code):
                await windows.CloseAsync(account, openId, cancel);
                WeChatTalkLog.WindowClosed(log, account.Name, openId, code);
                return DeliveryOutcome.WaitsForUser;
            case WeChatCode.NotSubscribed or WeChatCode.NoRight or WeChatCode.DailyLimit:
                return DeliveryOutcome.WaitsForUser;
            case WeChatCode.InvalidOpenId:
                throw new DeliveryException(error.Message, isFinal: true, null, error);
            default:
                throw new DeliveryException(error.Message, isFinal: false, error.RetryAfter, error);
        }
    }
}
