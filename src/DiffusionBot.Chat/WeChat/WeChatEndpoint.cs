using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.WeChat;

/// <summary>
/// What WeChat calls. Only what is signed, fresh and of a bearable size is looked into; what is signed and no message is said yes to, since WeChat would send the same again;
/// what remains goes to the desk.
/// </summary>
internal sealed class WeChatEndpoint(IOptions<WeChatOptions> options, IWeChatDesk desk, ISharedNotes notes, TimeProvider clock, ILogger<WeChatEndpoint> log)
{
    private const int LongestEcho = 256;

    /// <summary>WeChat hangs up after 5 s. Whoever does not is hung up on.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(5.5);

    private readonly Dictionary<string, WeChatEndpointAccount> accounts = options.Value.Accounts.ToDictionary(
        account => account.Key, account => new WeChatEndpointAccount(account.Key, new WeChatEnvelope(account.Value)), StringComparer.OrdinalIgnoreCase);

    private readonly WeChatEndpointAnswer answers = new(clock, log);

    private readonly TimeSpan window = TimeSpan.FromSeconds(options.Value.SignatureSeconds);

    /// <summary>GET: the console asks whether this is the account's server, by a signature alone, in every mode.</summary>
    public Task VerifyAsync(HttpContext context)
    {
        if (AccountOf(context) is not { } account) return EndAsync(context, StatusCodes.Status404NotFound);
        if (!account.Envelope.IsSigned(WeChatEndpointAccount.QueryOf(context.Request)) || context.Request.Query["echostr"].ToString() is not { Length: >= 1 and <= LongestEcho } echo)
        {
            WeChatEndpointLog.Refused(log, account.Name, "the check of its address is signed wrongly. Is the token the console's?");
            return EndAsync(context, StatusCodes.Status401Unauthorized);
        }
        WeChatEndpointLog.Verified(log, account.Name);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(echo, context.RequestAborted);
    }

    /// <summary>POST: a message.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var isTooLarge = WeChatEndpointBody.IsTooLarge(context);
        if (AccountOf(context) is not { } account)
        {
            await EndAsync(context, StatusCodes.Status404NotFound);
            return;
        }
        using var longest = new CancellationTokenSource(LongestCall, clock);
        using var hungUp = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, context.RequestAborted);
        if (isTooLarge)
        {
            await EndAsync(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }
        var query = WeChatEndpointAccount.QueryOf(context.Request);
        if (WhyNotToRead(account, query) is { } reason)
        {
            await RefuseAsync(context, account, reason);
            return;
        }
        var (isComplete, body) = await ReadAsync(context);
        if (!isComplete)
        {
            WeChatEndpointLog.BrokenOff(log, account.Name);
            context.Abort();
        }
        else if (body is null) await EndAsync(context, StatusCodes.Status413PayloadTooLarge);
        else await AnswerAsync(new WeChatCall(context, account, query, hungUp.Token), body);
    }

    private async Task AnswerAsync(WeChatCall call, byte[] body)
    {
        WeChatMessage message;
        try
        {
            message = call.Account.Envelope.Open(call.Query, body);
        }
        catch (InvalidWeChatMessageException e) when (!e.IsSigned)
        {
            await RefuseAsync(call.Context, call.Account, e.Message);
            return;
        }
        catch (InvalidWeChatMessageException e)
        {
            WeChatEndpointLog.Odd(log, call.Account.Name, e.Message);
            await WeChatEndpointAnswer.WriteAsync(call, WeChatEnvelope.Success);
            return;
        }
        WeChatEndpointLog.Came(log, call.Account.Name, message.MsgType, message.Event, message.FromUserName);
        var answer = AskAsync(call, message, body);
        // Whatever the desk threw is in the task.
        await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (answer.IsCanceled && call.HungUp.IsCancellationRequested)
        {
            call.Context.Abort();
            return;
        }
        if (!answer.IsCompletedSuccessfully) WeChatEndpointLog.Failed(log, answer.Exception?.InnerException, call.Account.Name, message.MsgType);
        if (answer.IsCompletedSuccessfully && answer.Result is null) await RefuseAsync(call.Context, call.Account, "its signature was used before, for another body.");
        else await answers.GiveAsync(call, message, answer.IsCompletedSuccessfully ? answer.Result! : WeChatAnswer.Success);
    }

    /// <summary>The desk's answer. Null: somebody put another body under a signature of WeChat's that does not cover it.</summary>
    private async Task<WeChatAnswer?> AskAsync(WeChatCall call, WeChatMessage message, byte[] body)
    {
        if (!call.Account.Envelope.IsBodySigned)
        {
            var fingerprint = WeChatEnvelope.Fingerprint(body);
            var (note, isNew) = await notes.AddAsync($"wechat/signed/{call.Account.Name}/{call.Query.Signature}", fingerprint, 2 * window, call.HungUp);
            // The same body is WeChat's, which asks again.
            if (!isNew && note.Value != fingerprint) return null;
        }
        return await desk.AnswerAsync(call.Account.Name, message, call.HungUp);
    }

    /// <summary>What speaks against a call before anything of its body is read; null: nothing.</summary>
    private string? WhyNotToRead(WeChatEndpointAccount account, WeChatQuery query)
    {
        if (!query.IsComplete) return "it has no timestamp and nonce.";
        if (!query.IsFresh(clock.GetUtcNow(), window)) return $"its timestamp is {query.Timestamp}, more than {window.TotalSeconds} s from our clock.";
        return account.Envelope.IsBodySigned || account.Envelope.IsSigned(query) ? null : "its signature is wrong. Is the token the console's?";
    }

    private async Task<(bool IsComplete, byte[]? Body)> ReadAsync(HttpContext context)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.AnswerSeconds), clock);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            return (true, await WeChatEndpointBody.ReadAsync(context, cancel.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return (false, null);
        }
    }

    private WeChatEndpointAccount? AccountOf(HttpContext context) => accounts.GetValueOrDefault(context.Request.RouteValues["account"] as string ?? "");

    private Task RefuseAsync(HttpContext context, WeChatEndpointAccount account, string reason)
    {
        WeChatEndpointLog.Refused(log, account.Name, reason);
        return EndAsync(context, StatusCodes.Status401Unauthorized);
    }

    private static Task EndAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        // What is still on its way is not read: the connection goes with it.
        context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }
}
