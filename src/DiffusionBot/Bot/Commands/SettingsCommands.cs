using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot.Commands;

/// <summary>settings and forget me: what is kept of a user.</summary>
internal sealed class SettingsCommands(UserDirectory users)
{
    public async Task<ChatReply> SettingsAsync(Talk talk, ParsedMessage parsed, CancellationToken cancel)
    {
        var id = talk.User.Id;
        var mine = UserDefaults.Of(talk.User);
        if (parsed.Rest.Length == 0) return talk.Texts.Settings(mine, talk.Texts.LanguageName, await users.PicturesTodayAsync(id, cancel));
        if (SettingsWords.LanguageIn(parsed.Rest) is { } language)
        {
            await users.SetLanguageAsync(id, language, cancel);
            return new BotTexts(language).LanguageKept;
        }
        var asked = SettingsWords.Parse(parsed.Rest);
        if (asked.ForgetsAll) await users.SetLanguageAsync(id, null, cancel);
        else if (asked.IsEmpty) return string.Join('\n', [talk.Texts.NoSuchSetting, .. asked.Problems.Select(talk.Texts.In)]);
        var kept = asked.Over(mine);
        await users.SetDefaultsAsync(id, kept, cancel);
        return string.Join('\n', [talk.Texts.SettingsKept(kept), .. asked.Problems.Select(talk.Texts.In)]);
    }

    /// <summary>Only after the user has said so twice.</summary>
    public async Task<ChatReply> ForgetAsync(Talk talk, string rest, CancellationToken cancel) =>
        rest.ToLowerInvariant() is "yes" or "确定" or "确认" or "是"
            ? talk.Texts.Forgotten(await users.ForgetAsync(talk.User.Id, cancel))
            : new ChatReply { Text = talk.Texts.ForgetReally, Choices = [new ChatChoice(talk.Texts.Yes, "forget me yes") { Typed = talk.Texts.ForgetTyped }], IsEphemeral = true };
}
