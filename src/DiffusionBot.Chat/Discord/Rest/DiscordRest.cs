using System.Net;
using System.Reflection;
using System.Text.Json;
using DiffusionBot.Chat.Fetching;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>
/// Discord's interface: keeps to its limits, asks again where Discord failed and asking twice does no harm, and never again where it refused. No factory makes the HTTP client:
/// those log addresses, and interactions' tokens stand in them.
/// </summary>
internal sealed class DiscordRest : IDisposable
{
    private const int MostBytes = 8 << 20, MostTries = 3, MostPauses = 5;

    private readonly DiscordOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly HttpClient http;
    private readonly RateLimits limits;
    private readonly InvalidRequests invalid;
    private readonly ResiliencePipeline<DiscordReply> retries;
    private readonly string userAgent;
    private volatile string? stopped;

    /// <param name="options">Token and base.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="random">Spreads tries, 0 to 1; called by several at once.</param>
    /// <param name="log">For operators.</param>
    /// <param name="handler">Null: the network.</param>
    public DiscordRest(IOptions<DiscordOptions> options, TimeProvider clock, Func<double> random, ILogger<DiscordRest> log, HttpMessageHandler? handler = null)
    {
        (this.options, this.clock, this.log) = (options.Value, clock, log);
        http = new HttpClient(handler ?? Network.NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        limits = new RateLimits(options.Value.CallsPerSecond, clock);
        invalid = new InvalidRequests(clock);
        userAgent = $"DiscordBot ({options.Value.Website}, {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)})";
        retries = new ResiliencePipelineBuilder<DiscordReply> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<DiscordReply>
            {
                MaxRetryAttempts = MostTries - 1,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(300),
                MaxDelay = TimeSpan.FromSeconds(5),
                UseJitter = true,
                Randomizer = random,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { IsFailure: true } reply && (reply.WasNeverSent || args.Context.Properties.GetValue(repeatable, false))),
            })
            .Build();
    }

    private static readonly ResiliencePropertyKey<bool> repeatable = new("repeatable");

    /// <summary>Why nothing is asked with the bot's token any more, for an operator; null: it is.</summary>
    public string? Stopped => stopped;

    /// <summary>Without a body.</summary>
    public Task<JsonElement> SendAsync(DiscordRoute route, CancellationToken cancel) => SendAsync(new DiscordCall(route), cancel);

    /// <summary>Discord's answer; undefined where it has no body (204).</summary>
    /// <exception cref="DiscordException">It refused, did not answer, or asks for a pause longer than the call's.</exception>
    /// <exception cref="ArgumentException">The call has a message that does not say whom it may mention, or files without a message.</exception>
    public async Task<JsonElement> SendAsync(DiscordCall call, CancellationToken cancel)
    {
        AllowedMentions.Require(call);
        var body = DiscordBody.Of(call);
        var deadline = clock.GetUtcNow() + call.LongestWait;
        var context = ResilienceContextPool.Shared.Get(cancel);
        context.Properties.Set(repeatable, call.MayRepeat);
        DiscordReply? before = null;
        var mayBeDone = false;
        try
        {
            var reply = await retries.ExecuteAsync(
                async around =>
                {
                    if (before is not null)
                    {
                        DiscordRestLog.AnotherTry(log, call.Route, Clean(call, before.Text.Length > 0 ? before.Text : $"HTTP {before.Status}"));
                        mayBeDone |= !before.WasNeverSent;
                    }
                    return before = await TryAsync(call, body, deadline, around.CancellationToken);
                },
                context);
            return reply.IsSuccess || mayBeDone && WasDoneBefore(call, reply) ? reply.IsSuccess ? reply.Json : default : throw Refused(call, reply);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose() => http.Dispose();

    // The try before was done though its answer was lost, and Discord says that there is nothing left to do.
    private static bool WasDoneBefore(DiscordCall call, DiscordReply reply) =>
        call.Route.Method == HttpMethod.Delete && reply.Status == 404 || call.Route.Says == MessagePlace.Data && reply.Code == DiscordCode.AlreadyAnswered;

    private async Task<DiscordReply> TryAsync(DiscordCall call, DiscordBody? body, DateTimeOffset deadline, CancellationToken cancel)
    {
        for (var pauses = 0; ; pauses++)
        {
            if (invalid.Pause() is { } pause) throw Failed(call, 429, 0, $"this host was refused {InvalidRequests.Most} calls within ten minutes and pauses, before Discord shuts it out", pause);
            if (!call.Route.IsInteraction && stopped is { } why) throw new DiscordException(401, 0, why);
            RateBucket bucket;
            try
            {
                bucket = await limits.EnterAsync(call.Route, deadline, cancel);
            }
            catch (TimeoutException e)
            {
                throw Failed(call, 429, 0, $"Discord's limits leave no call within {call.LongestWait.TotalSeconds} s", call.LongestWait > TimeSpan.FromSeconds(1) ? call.LongestWait : TimeSpan.FromSeconds(1), e);
            }
            RateHeaders? rate = null;
            DiscordReply reply;
            try
            {
                (reply, rate) = await AskAsync(call, body, cancel);
            }
            finally
            {
                limits.Leave(call.Route, bucket, rate);
            }
            if (reply.Status is 401 or 403 || reply.Status == 429 && reply.Scope != "shared") Count();
            if (reply.Status == 401 && !call.Route.IsInteraction) Stop(call, reply);
            if (reply.RetryAfter is not { } wait) return reply;
            limits.Block(call.Route, reply.Scope == "global", wait);
            DiscordRestLog.Limited(log, call.Route, reply.Scope, wait);
            if (pauses == MostPauses || clock.GetUtcNow() + wait > deadline) return reply;
        }
    }

    private async Task<(DiscordReply Reply, RateHeaders? Rate)> AskAsync(DiscordCall call, DiscordBody? body, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(call.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            var route = call.Route;
            using var request = new HttpRequestMessage(route.Method, $"{options.ApiBase.TrimEnd('/')}{route.Path}{(route.Query.Length > 0 ? "?" : "")}{route.Query}") { Content = body?.ToContent() };
            request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
            if (!route.IsInteraction) request.Headers.TryAddWithoutValidation("Authorization", $"Bot {options.Token}");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var rate = RateHeaders.Of(response.Headers);
            var bytes = await BoundedBody.ReadAsync(response.Content, MostBytes, either.Token);
            return (bytes is null ? DiscordReply.NoAnswer($"HTTP {(int)response.StatusCode} with more than {MostBytes} bytes") : DiscordReply.Read(response, bytes), rate);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (DiscordReply.NoAnswer($"no answer within {call.Patience.TotalSeconds} s"), null);
        }
        catch (HttpRequestException e)
        {
            return (DiscordReply.NoAnswer($"no answer: {e.Message}", e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError), null);
        }
        catch (IOException e)
        {
            return (DiscordReply.NoAnswer($"the answer broke off: {e.Message}"), null);
        }
    }

    private void Count()
    {
        if (invalid.Count() && invalid.Pause() is { } pause) DiscordRestLog.Pausing(log, InvalidRequests.Most, pause);
    }

    private void Stop(DiscordCall call, DiscordReply reply)
    {
        var why = Clean(call, $"Discord refuses the bot's token ({call.Route}: 401 {reply.Text}). Expected {DiscordOptions.Section}:Token as the developer portal (discord.com/developers/applications) gave it under Bot > Reset Token; only the newest one works. Nothing more is asked until the next start");
        if (Interlocked.CompareExchange(ref stopped, why, null) is null) DiscordRestLog.Stopped(log, why);
    }

    private DiscordException Refused(DiscordCall call, DiscordReply reply) =>
        reply.Status == 401 && !call.Route.IsInteraction && stopped is { } why ? new DiscordException(401, reply.Code, why)
        : Failed(call, reply.Status, reply.Code, reply.Status == 0 ? reply.Text : $"{reply.Status} {(reply.Code != 0 ? $"{reply.Code} " : "")}{reply.Text}".TrimEnd(), reply.RetryAfter);

    private DiscordException Failed(DiscordCall call, int status, int code, string what, TimeSpan? retryAfter, Exception? inner = null) =>
        new(status, code, $"Discord: {call.Route}: {Clean(call, what)}.", retryAfter, inner);

    // A server may say back what it was asked, or anything else: no secret, no line break, no novel.
    private string Clean(DiscordCall call, string text)
    {
        foreach (var secret in new[] { options.Token, call.Route.Secret })
        {
            if (!string.IsNullOrEmpty(secret)) text = text.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.Ordinal);
        }
        return string.Concat(text.Take(700).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }
}
