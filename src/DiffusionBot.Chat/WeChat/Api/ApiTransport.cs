using System.Net;
using DiffusionBot.Chat.Fetching;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>
/// Sends a call up to three times: where WeChat is busy, or a host does not answer, it pauses and asks again, perhaps elsewhere. What does harm twice is not sent again once it may
/// have arrived: whoever wants that decides it, and says so.
/// </summary>
internal sealed class ApiTransport(string account, HttpClient http, ApiHosts hosts, ApiText words, TimeProvider clock, ILogger log)
{
    private static readonly ResiliencePropertyKey<bool> onlyOnce = new(nameof(ApiCall.OnlyOnce));

    private readonly ResiliencePipeline<ApiReply> retries = new ResiliencePipelineBuilder<ApiReply> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<ApiReply>
        {
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(400),
            MaxDelay = TimeSpan.FromSeconds(3),
            UseJitter = true,
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { MayPass: true } reply && !(reply.MayBeDone && args.Context.Properties.GetValue(onlyOnce, false))),
        })
        .Build();

    /// <summary>The last answer, whatever it is.</summary>
    /// <param name="call">What to send.</param>
    /// <param name="token">Null for the call that gets one.</param>
    /// <param name="cancel">Ends it at once.</param>
    public async Task<ApiReply> SendAsync(ApiCall call, string? token, CancellationToken cancel)
    {
        ApiReply? before = null;
        var context = ResilienceContextPool.Shared.Get(cancel);
        context.Properties.Set(onlyOnce, call.OnlyOnce);
        try
        {
            return await retries.ExecuteAsync(
                async trying =>
                {
                    if (before is not null) WeChatApiLog.AnotherTry(log, account, call.Name, words.Clean(before.Failure ?? "WeChat is busy (-1)", token));
                    return before = await TryAsync(call, token, trying.CancellationToken);
                },
                context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<ApiReply> TryAsync(ApiCall call, string? token, CancellationToken cancel)
    {
        var host = hosts.Current;
        using var late = new CancellationTokenSource(call.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        ApiReply reply;
        try
        {
            reply = await AskAsync(host, call, token, either.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            reply = IsConnecting(e) ? ApiReply.NoAnswer($"no connection to {host} in time", wasSent: false) : ApiReply.NoAnswer($"no answer from {host} within {call.Patience.TotalSeconds} s", wasSent: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            reply = ApiReply.NoAnswer($"no answer from {host}: {e.Message}", wasSent: !IsConnecting(e));
        }
        if (reply.HostFailed) hosts.Failed(host);
        return reply;
    }

    // Over before anything was sent; the second is the network's own limit for connecting, which is shorter than our patience.
    private static bool IsConnecting(Exception e) => e is
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError }
        or OperationCanceledException { InnerException: TimeoutException };

    private async Task<ApiReply> AskAsync(string host, ApiCall call, string? token, CancellationToken cancel)
    {
        var query = string.Join('&', new[] { token is null ? "" : $"access_token={Uri.EscapeDataString(token)}", call.Query }.Where(part => part.Length > 0));
        using var request = new HttpRequestMessage(call.Body is null ? HttpMethod.Get : HttpMethod.Post, $"{host}/cgi-bin/{call.Name}{(query.Length > 0 ? "?" : "")}{query}");
        if (call.Body is not null)
        {
            // With its length: WeChat takes no chunks.
            request.Content = new ByteArrayContent(call.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        }
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode >= HttpStatusCode.InternalServerError) return ApiReply.NoAnswer($"HTTP {(int)response.StatusCode} from {host}", wasSent: true);
        return await BoundedBody.ReadAsync(response.Content, call.MostBytes, cancel) is { } body
            ? ApiReply.Read(call, response.StatusCode, response.Content.Headers.ContentType?.MediaType, body)
            : ApiReply.Odd($"the answer has more than {call.MostBytes} bytes");
    }
}
