using System.Security.Cryptography;
using System.Text;
using DiffusionBot.Chat.WeChat.Api;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>Turns what WeChat sends into what the bot understands.</summary>
internal sealed class IncomingMessages(ILogger<IncomingMessages> log)
{
    /// <summary>What WeChat puts in place of what it does not pass on: files, stickers.</summary>
    private const string Unsupported = "【收到不支持的消息类型，暂无法显示】";

    /// <summary>A code that is scanned says these words, if its scene begins so; any other scene is a greeting.</summary>
    private const string SaysWords = "say ", NewSubscriber = "qrscene_";

    /// <summary>By this a message is known in every process, whoever is asked.</summary>
    public static string KeyOf(string account, WeChatMessage message) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account}\n{message.Identity}")))[..32];

    /// <summary>Whether there is nothing to do and nothing to say: somebody opened a page, a mass sending ended.</summary>
    public static bool IsNothing(WeChatMessage message) => message.MsgType == "event" && message.Event is not ("subscribe" or "unsubscribe" or "SCAN" or "CLICK");

    /// <summary>Whether it is a tap, a scan or a subscription, after which fewer messages may be sent.</summary>
    public static bool IsTap(WeChatMessage message) => message.MsgType == "event";

    /// <summary>The message, with its picture.</summary>
    public async Task<ChatMessage> ReadAsync(Arrival arrival, CancellationToken cancel)
    {
        var (account, message, user) = (arrival.Account, arrival.Message, arrival.User.ToString());
        var read = new ChatMessage(arrival.Key, new ChatAddress(user), new ChatAuthor(user), "zh-CN", "", []) { CollectsReplies = arrival.Collects, TakesPictures = false };
        switch (message.MsgType)
        {
            case "text":
                return message.Content == Unsupported ? read with { Occasion = ChatOccasion.Unreadable } : Said(read, WordsOf(message));
            case "voice":
                // It ends words with a full stop, as no command does.
                return Said(read, message.Recognition?.Trim().TrimEnd('。'));
            case "image":
                return await PictureAsync(account, message, cancel) is { } picture ? read with { Pictures = [picture] } : read with { Occasion = ChatOccasion.PictureLost };
            case "event":
                return Event(read, account, message);
            default:
                return read with { Occasion = ChatOccasion.Unreadable };
        }
    }

    private static ChatMessage Said(ChatMessage read, string? words) => string.IsNullOrWhiteSpace(words) ? read with { Occasion = ChatOccasion.Unreadable } : read with { Text = words };

    private static string? WordsOf(WeChatMessage message)
    {
        // A tapped link sends its words; some versions of WeChat send them as they stand in its address.
        return message.BizMsgMenuId is not null && message.Content is { } content ? Uri.UnescapeDataString(content) : message.Content;
    }

    private static ChatMessage Event(ChatMessage read, WeChatAccount account, WeChatMessage message)
    {
        if (message.Event == "unsubscribe") return read with { Occasion = ChatOccasion.Left };
        if (message.Event == "CLICK") return Said(read, message.EventKey);
        var scene = message.EventKey ?? "";
        if (scene.StartsWith(NewSubscriber, StringComparison.Ordinal)) scene = scene[NewSubscriber.Length..];
        return scene.StartsWith(SaysWords, StringComparison.Ordinal) ? Said(read, scene[SaysWords.Length..])
            : read with { Occasion = ChatOccasion.Arrived, Text = account.Options.Welcome ?? "" };
    }

    /// <summary>The original, where the account may fetch it; else the copy that everybody may.</summary>
    private async Task<ChatPicture?> PictureAsync(WeChatAccount account, WeChatMessage message, CancellationToken cancel)
    {
        var error = "the message has neither MediaId nor PicUrl";
        if (message.MediaId is { } media && account.Api.Rights.Media)
        {
            try
            {
                return await account.Api.GetMediaAsync(media, cancel);
            }
            catch (WeChatApiException e)
            {
                error = e.Message;
            }
        }
        if (message.PicUrl is { } address)
        {
            try
            {
                return await account.Api.GetPictureAsync(address, cancel);
            }
            catch (WeChatApiException e)
            {
                error = e.Message;
            }
        }
        WeChatTalkLog.PictureLost(log, account.Name, message.FromUserName, error);
        return null;
    }
}
