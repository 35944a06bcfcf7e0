using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>Makes an account's calls: with its token, another one where WeChat refuses it, and not at all where that is known to be useless.</summary>
internal sealed class ApiCaller
{
    private readonly string name;
    private readonly WeChatAccountOptions account;
    private readonly ApiTransport transport;
    private readonly ApiText words;
    private readonly ApiGate gate;
    private readonly TokenKeeper tokens;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Lock telling = new();
    private DateTimeOffset silentUntil;

    public ApiCaller(string name, WeChatAccountOptions account, HttpClient http, ApiHosts hosts, ISharedNotes notes, TimeProvider clock, ILogger log)
    {
        (this.name, this.account, this.clock, this.log) = (name, account, clock, log);
        words = new ApiText(account.AppSecret);
        transport = new ApiTransport(name, http, hosts, words, clock, log);
        gate = new ApiGate(name, account.Kind == WeChatKind.Certified, clock, log);
        tokens = new TokenKeeper(account.AppId, notes, clock, AskForTokenAsync, (why, wait) => Error(new ApiCall(ApiCall.StableToken, null), why, WeChatCode.InvalidCredential, wait));
    }

    public WeChatRights Rights => gate.Rights;

    /// <summary>Gets a token, if there is none.</summary>
    public Task SignInAsync(CancellationToken cancel) => tokens.GetAsync(cancel);

    /// <summary>WeChat's answer, which is no refusal.</summary>
    public async Task<ApiReply> CallAsync(ApiCall call, CancellationToken cancel)
    {
        gate.Enter(call);
        var token = await tokens.GetAsync(cancel);
        var reply = await transport.SendAsync(call, token, cancel);
        if (RefusesToken(reply))
        {
            token = await tokens.RenewAsync(token, cancel);
            reply = await transport.SendAsync(call, token, cancel);
            if (RefusesToken(reply)) throw Error(call, words.Clean($"a new token was refused too: {reply.Code} {reply.Text}", token), reply.Code);
        }
        return Accepted(call, reply, token);
    }

    /// <summary>An error of this account and call.</summary>
    public WeChatApiException Error(ApiCall call, string what, int code = 0, TimeSpan? retryAfter = null, bool mayBeDone = false) =>
        new($"WeChat account \"{name}\": {call.Name}: {what}.", code, retryAfter) { MayBeDone = mayBeDone };

    private static bool RefusesToken(ApiReply reply) => reply.Code is WeChatCode.InvalidCredential or WeChatCode.InvalidToken or WeChatCode.TokenExpired;

    private async Task<ApiToken> AskForTokenAsync(bool another)
    {
        var call = ApiCall.Post(ApiCall.StableToken, null, json =>
        {
            json.Text("grant_type", "client_credential");
            json.Text("appid", account.AppId);
            json.Text("secret", account.AppSecret ?? "");
            json.WriteBoolean("force_refresh", another);
        });
        call = call with { OnlyOnce = another };   // asked for again within 30 s it counts again, and is not given
        gate.Enter(call);
        var reply = Accepted(call, await transport.SendAsync(call, null, CancellationToken.None), null);
        return ApiToken.Of(reply, clock) ?? throw Error(call, "the answer has no access_token of 1 to 2048 characters, or no expires_in of 1 to 86400 s");
    }

    private ApiReply Accepted(ApiCall call, ApiReply reply, string? token)
    {
        var retryAfter = gate.Learn(call, reply);
        if (reply.Failure is not null) throw Error(call, words.Clean(reply.Failure, token), mayBeDone: call.ShowsTwice && reply.MayBeDone);
        if (reply.Code == 0) return reply;
        var text = words.Clean(reply.Text, token);
        if (reply.Code == WeChatCode.NotInWhitelist) TellWhitelist(text);
        throw Error(call, $"{reply.Code} {(text.Length > 0 ? text : "without errmsg")}", reply.Code, retryAfter);
    }

    private void TellWhitelist(string text)
    {
        lock (telling)
        {
            if (clock.GetUtcNow() < silentUntil) return;
            silentUntil = clock.GetUtcNow() + TimeSpan.FromHours(1);
        }
        WeChatApiLog.NotInWhitelist(log, name, text);
    }
}
