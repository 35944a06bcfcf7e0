using DiffusionBot.Chat.WeChat.Api;

namespace DiffusionBot.Chat.WeChat.Showing;

/// <summary>Speaks to users by themselves (customer service messages), within what may be said.</summary>
internal sealed class WeChatPush(PushWindows windows, IPictureConverter converter)
{
    /// <summary>Bytes of a JPEG: one of WeChat's documents allows 2 MB, and another one more.</summary>
    private const int MostPictureBytes = 2_000_000;

    /// <summary>Shows one part.</summary>
    /// <returns>False: nothing more may be said now.</returns>
    /// <exception cref="WeChatApiException">WeChat refuses, or does not answer.</exception>
    public async Task<bool> SendAsync(WeChatAccount account, string openId, PushPart part, CancellationToken cancel)
    {
        switch (part)
        {
            case PushPart.Image image: return await SendImageAsync(account, openId, image.Picture, cancel);
            case PushPart.Text text: return await SpendAsync(account, openId, () => account.Api.SendTextAsync(openId, text.Content, cancel), cancel);
            case PushPart.Card card: return await SpendAsync(account, openId, () => account.Api.SendNewsAsync(openId, card.Article, cancel), cancel);
            default: throw new ArgumentException($"{part.GetType().Name} is no part that can be sent.", nameof(part));
        }
    }

    private async Task<bool> SendImageAsync(WeChatAccount account, string openId, ReplyPicture picture, CancellationToken cancel)
    {
        // Before it is made and uploaded for nothing.
        if (await windows.LeftAsync(account, openId, cancel) == 0) return false;
        var jpeg = converter.JpegAtMost(picture.Bytes, MostPictureBytes);
        var name = Path.ChangeExtension(picture.FileName, ".jpg");
        var media = await account.Api.UploadImageAsync(jpeg, name, cancel);
        try
        {
            return await SpendAsync(account, openId, () => account.Api.SendImageAsync(openId, media, cancel), cancel);
        }
        catch (WeChatApiException e) when (e.Code == WeChatCode.InvalidMediaId)
        {
            // Uploaded before, and gone sooner than promised.
            await account.Api.ForgetImageAsync(jpeg, cancel);
            media = await account.Api.UploadImageAsync(jpeg, name, cancel);
            return await SpendAsync(account, openId, () => account.Api.SendImageAsync(openId, media, cancel), cancel);
        }
    }

    private async Task<bool> SpendAsync(WeChatAccount account, string openId, Func<Task> send, CancellationToken cancel)
    {
        if (await windows.SpendAsync(account, openId, cancel) is not { } taken) return false;
        try
        {
            await send();
            return true;
        }
        catch (WeChatApiException e) when (!e.MayBeDone)
        {
            // It was refused, or never sent, and so not counted. Where the answer was lost, it may have been.
            await windows.GiveBackAsync(taken, cancel);
            throw;
        }
    }
}
