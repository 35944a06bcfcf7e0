using Microsoft.AspNetCore.Http;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>The API's server: fails where it is told to, records every call, answers.</summary>
internal sealed class ApiServer(FakeWeChatPlatform platform)
{
    /// <summary>Of the largest body.</summary>
    public const int MostBytes = 16 << 20;

    private const string Root = "/cgi-bin/";

    private readonly ApiMethods methods = new(platform);

    public async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var name = path.StartsWith(PictureServer.Root, StringComparison.Ordinal) ? "mmbiz" : path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..] : null;
        if (name is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var body = await ReadAsync(context);
        var fault = platform.Faults.Take(name);
        var request = new ApiRequest(name, context.Request, body);
        ApiAnswer? answer = null;
        if (fault is null or { AfterDoing: true }) answer = name == "mmbiz" ? platform.Pictures.Answer(path) : await methods.AnswerAsync(request);
        platform.Calls.Add(new ApiCall(name, methods.AccountOf(request)?.Name, context.Request.QueryString.Value ?? "", body, platform.Clock.GetUtcNow(), answer?.Code));
        if (fault is not null) await FailAsync(context, fault.How);
        else await WriteAsync(context, answer!);
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private async Task FailAsync(HttpContext context, Failure how)
    {
        if (how.IsHang)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, platform.Stopping);
            await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (how.IsHang || how.IsDrop) context.Abort();
        else if (how.ErrCode is { } code) await WriteAsync(context, ApiAnswer.Error(code, how.Body));
        else
        {
            context.Response.StatusCode = how.HttpStatus;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync(how.Body ?? "", context.RequestAborted);
        }
    }

    private static async Task WriteAsync(HttpContext context, ApiAnswer answer)
    {
        context.Response.StatusCode = answer.Code == StatusCodes.Status404NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        if (answer.FileName is not null) context.Response.Headers.ContentDisposition = $"attachment; filename=\"{answer.FileName}\"";
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
