using System.Net;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>Sends a call up to three times: where WeChat is busy, or a host does not answer, it pauses and asks again, perhaps elsewhere.</summary>
internal sealed class ApiTransport(string account, HttpClient http, ApiHosts hosts, TimeProvider clock, ILogger log)
{
    private readonly ResiliencePipeline<ApiReply> retries = new ResiliencePipelineBuilder<ApiReply> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<ApiReply>
        {
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(400),
            MaxDelay = TimeSpan.FromSeconds(3),
            UseJitter = true,
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { MayPass: true }),
        })
        .Build();

    /// <summary>The last answer, whatever it is.</summary>
    /// <param name="call">What to send.</param>
    /// <param name="token">Null for the call that gets one.</param>
    /// <param name="cancel">Ends it at once.</param>
    public async Task<ApiReply> SendAsync(ApiCall call, string? token, CancellationToken cancel)
    {
        ApiReply? before = null;
        return await retries.ExecuteAsync(
            async stop =>
            {
                if (before is not null) WeChatApiLog.AnotherTry(log, account, call.Name, before.Failure ?? "WeChat is busy (-1)", call.ShowsTwice && before.HostFailed ? "; the user may see it twice" : "");
                return before = await TryAsync(call, token, stop);
            },
            cancel);
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
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            reply = ApiReply.NoAnswer($"no answer from {host} within {call.Patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            reply = ApiReply.NoAnswer($"no answer from {host}: {e.Message}");
        }
        if (reply.HostFailed) hosts.Failed(host);
        return reply;
    }

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
        if (response.StatusCode >= HttpStatusCode.InternalServerError) return ApiReply.NoAnswer($"HTTP {(int)response.StatusCode} from {host}");
        return await BoundedBody.ReadAsync(response.Content, call.MostBytes, cancel) is { } body
            ? ApiReply.Read(call, response.StatusCode, response.Content.Headers.ContentType?.MediaType, body)
            : ApiReply.Odd($"the answer has more than {call.MostBytes} bytes");
    }
}
