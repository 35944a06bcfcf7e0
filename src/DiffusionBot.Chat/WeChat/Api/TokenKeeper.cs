namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>
/// The account's token (stable_token: it is the same one for everybody who asks, two hours long): kept in memory and in a note for all hosts, renewed five minutes before its
/// end. Of many calls that need one at once, one asks.
/// </summary>
/// <param name="appId">Whose.</param>
/// <param name="notes">Shared between hosts.</param>
/// <param name="clock">What time it is.</param>
/// <param name="ask">Asks WeChat; true: for another one than before (force_refresh).</param>
/// <param name="failure">An error of this account.</param>
internal sealed class TokenKeeper(
    string appId, ISharedNotes notes, TimeProvider clock, Func<bool, Task<ApiToken>> ask, Func<string, TimeSpan?, WeChatApiException> failure)
{
    private readonly string key = $"wechat/token/{appId}";
    private readonly ForcedRefreshes forced = new(appId, notes, clock);
    private readonly Lock gate = new();
    private ApiToken? current;
    private DateTimeOffset renewAt;
    private Task<ApiToken>? asking;

    /// <summary>A token that works, as far as anybody knows.</summary>
    public Task<string> GetAsync(CancellationToken cancel) => GetAsync(refused: null, cancel);

    /// <summary>Another token than the one that WeChat refused.</summary>
    public Task<string> RenewAsync(string refused, CancellationToken cancel) => GetAsync(refused, cancel);

    private async Task<string> GetAsync(string? refused, CancellationToken cancel)
    {
        while (true)
        {
            Task<ApiToken> answer;
            lock (gate)
            {
                if (current is not null && current.Value == refused) current = null;
                if (current is not null && clock.GetUtcNow() < renewAt) return current.Value;
                // It belongs to all who wait, so that no single one of them calls it off.
                if (asking is not { IsCompleted: false }) asking = Task.Run(() => FetchAsync(refused), CancellationToken.None);
                answer = asking;
            }
            // Who joined somebody that knew of no refusal may get the refused one, and asks himself.
            if ((await answer.WaitAsync(cancel)).Value is var token && token != refused) return token;
        }
    }

    private async Task<ApiToken> FetchAsync(string? refused)
    {
        if (ApiToken.Parse((await notes.FindAsync(key, CancellationToken.None))?.Value) is { } shared && shared.Value != refused && clock.GetUtcNow() < shared.Ends - ApiToken.Margin)
            return Keep(shared);
        ApiToken? old;
        lock (gate) old = current;
        try
        {
            var token = await ask(false);
            if (token.Value == refused) token = await ForceAsync(refused);
            Keep(token);   // first: notes that are out of order must not cost a question each call
            await notes.SetAsync(key, token.ToNote(), token.Ends - clock.GetUtcNow(), CancellationToken.None);
            return token;
        }
        catch (WeChatApiException) when (old is not null && clock.GetUtcNow() < old.Ends)
        {
            // Five minutes are left for WeChat to answer again.
            lock (gate) renewAt = clock.GetUtcNow() + TimeSpan.FromSeconds(30);
            return old;
        }
    }

    private async Task<ApiToken> ForceAsync(string refused)
    {
        if (await forced.TryCountAsync() is { } wait)
        {
            // Another host that was refused too is getting one.
            if (ApiToken.Parse((await notes.FindAsync(key, CancellationToken.None))?.Value) is { } shared && shared.Value != refused && clock.GetUtcNow() < shared.Ends) return shared;
            throw failure("WeChat refuses the token that it gives, and another one was asked for within the last 30 s or 20 times today, which is the limit", wait);
        }
        var token = await ask(true);
        return token.Value != refused ? token : throw failure("WeChat refuses the token that it gives, and gives it again though another one was asked for", null);
    }

    private ApiToken Keep(ApiToken token)
    {
        lock (gate) (current, renewAt) = (token, token.RenewAt(clock));
        return token;
    }
}
