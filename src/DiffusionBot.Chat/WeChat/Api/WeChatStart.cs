using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>Looks at all accounts when the host starts, behind its back: what is wrong with one is said in the log, and looked at again after a minute, then after twice as long, up to an hour.</summary>
internal sealed class WeChatStart(WeChatApis apis, TimeProvider clock, ILogger<WeChatStart> log) : BackgroundService
{
    private static readonly TimeSpan first = TimeSpan.FromMinutes(1), longest = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(apis.All.Select(api => Task.Run(() => PrepareAsync(api.Key, api.Value, stoppingToken), CancellationToken.None)));

    private async Task PrepareAsync(string account, IWeChatApi api, CancellationToken stop)
    {
        for (var wait = first; ; wait = wait * 2 < longest ? wait * 2 : longest)
        {
            // Whatever it is, a place that cannot be prepared does not stop the host.
            var prepared = api.PrepareAsync(stop);
            await prepared.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (prepared.IsCompletedSuccessfully || stop.IsCancellationRequested) return;
            if (prepared.Exception?.InnerException is WeChatApiException error) WeChatApiLog.NotReady(log, account, error.Message, Expected(account, error.Code), wait);
            else WeChatApiLog.LookFailed(log, account, wait, prepared.Exception?.InnerException);
            await Task.Delay(wait, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
        }
    }

    private static string Expected(string account, int code) => code switch
    {
        WeChatCode.InvalidAppId => $"Expected WeChat:Accounts:{account}:AppId as mp.weixin.qq.com shows it under 设置与开发 > 基本配置 (Basic configuration).",
        WeChatCode.InvalidAppSecret or WeChatCode.InvalidCredential =>
            $"Expected WeChat:Accounts:{account}:AppSecret as it was shown when it was last reset, at mp.weixin.qq.com under 设置与开发 > 基本配置 (Basic configuration); only the newest one works.",
        WeChatCode.NotInWhitelist => "Expected this machine's address in the whitelist, at mp.weixin.qq.com under 设置与开发 > 基本配置 > IP白名单 (IP whitelist).",
        0 => "Expected WeChat's answer: look whether this machine reaches the hosts (WeChat:ApiHosts; by default https://api.weixin.qq.com and its stand-ins).",
        _ => "Expected no refusal; the code is explained in WeChat's documentation under 全局返回码.",
    };
}
