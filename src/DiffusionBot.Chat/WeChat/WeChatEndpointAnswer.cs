using System.Text;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat;

/// <summary>A POST under way.</summary>
/// <param name="Context">The request.</param>
/// <param name="Account">Whom it goes to.</param>
/// <param name="Query">What its address says.</param>
/// <param name="HungUp">WeChat waits no more.</param>
internal sealed record WeChatCall(HttpContext Context, WeChatEndpointAccount Account, WeChatQuery Query, CancellationToken HungUp);

/// <summary>Writes answers, and tells whoever gave them what became of them.</summary>
internal sealed class WeChatEndpointAnswer(TimeProvider clock, ILogger log)
{
    /// <summary>Writes an answer, or keeps silent until WeChat hangs up; then tells the answer, once.</summary>
    public async Task GiveAsync(WeChatCall call, WeChatMessage message, WeChatAnswer answer)
    {
        var isWritten = false;
        try
        {
            if (answer.IsSilent) await KeepSilentAsync(call);
            else isWritten = await WriteAsync(call, call.Account.Envelope.Seal(answer.Reply, message, call.Query.Nonce ?? "", clock.GetUtcNow()));
        }
        finally
        {
            await TellAsync(call, answer, isWritten);
        }
    }

    /// <summary>Writes a body.</summary>
    /// <returns>Whether all of it was written while WeChat still listened.</returns>
    public static async Task<bool> WriteAsync(WeChatCall call, string text)
    {
        var (response, bytes) = (call.Context.Response, Encoding.UTF8.GetBytes(text));
        response.ContentType = text == WeChatEnvelope.Success ? "text/plain; charset=utf-8" : "text/xml; charset=utf-8";
        response.ContentLength = bytes.Length;
        try
        {
            call.HungUp.ThrowIfCancellationRequested();
            await response.Body.WriteAsync(bytes, call.HungUp);
            await response.Body.FlushAsync(call.HungUp);
            // A server does not always throw where there is nobody to write to.
            call.HungUp.ThrowIfCancellationRequested();
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            call.Context.Abort();
            return false;
        }
    }

    private async Task KeepSilentAsync(WeChatCall call)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, call.HungUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        call.Context.Abort();
    }

    private async Task TellAsync(WeChatCall call, WeChatAnswer answer, bool isWritten)
    {
        var told = ToldAsync();
        // Whatever it threw is in the task: WeChat has its answer.
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!told.IsCompletedSuccessfully) WeChatEndpointLog.NotRecorded(log, told.Exception?.InnerException, call.Account.Name, isWritten);

        async Task ToldAsync() => await answer.WrittenAsync(isWritten);
    }
}
