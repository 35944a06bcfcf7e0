using System.Buffers.Text;
using System.Security.Cryptography;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>An account's access tokens: those of /token, of which the newest counts, and the stable one, apart from each other (api_getstableaccesstoken).</summary>
internal sealed class AccountTokens(FakeAccount account, TimeProvider clock)
{
    private const int ForcedADay = 20;

    private static readonly TimeSpan lifetime = TimeSpan.FromSeconds(7200), overlap = TimeSpan.FromMinutes(5), forcedApart = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, State> tokens = new(StringComparer.Ordinal);
    private string? plain, stable;
    private DateTimeOffset? lastForced;

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>A new one; the one before is good for five minutes more.</summary>
    public ApiAnswer NewPlain()
    {
        lock (gate)
        {
            if (plain is not null && tokens[plain] is { Refusal: 0 } old && old.Until > Now + overlap) tokens[plain] = new State(Now + overlap, 40001);
            return Answer(plain = New());
        }
    }

    /// <summary>The same until five minutes before its end, or another one by force.</summary>
    public ApiAnswer GetStable(bool force)
    {
        lock (gate)
        {
            if (force)
            {
                if (Now - lastForced < forcedApart) return ApiAnswer.Error(45011);
                if (!account.Limits.Take("stable_token, forced", ForcedADay)) return ApiAnswer.Error(45009);
                lastForced = Now;
                if (stable is not null) tokens[stable] = new State(default, 40001);
            }
            if (force || stable is null || tokens[stable].Until - Now <= overlap) stable = New();
            return Answer(stable);
        }
    }

    /// <summary>What speaks against a token; 0: nothing. Null: it is none of this account.</summary>
    public int? Check(string token)
    {
        lock (gate)
        {
            if (!tokens.TryGetValue(token, out var state)) return null;
            return Now < state.Until ? 0 : state.Refusal == 0 ? 42001 : state.Refusal;
        }
    }

    public void Expire(int code)
    {
        lock (gate)
        {
            foreach (var token in tokens.Keys.ToArray()) tokens[token] = new State(default, code);
        }
    }

    private string New()
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(account.Platform.Options.TokenLength))[..account.Platform.Options.TokenLength];
        tokens[token] = new State(Now + lifetime, 0);
        return token;
    }

    private ApiAnswer Answer(string token) => ApiAnswer.Json($$"""{"access_token":"{{token}}","expires_in":{{Math.Ceiling((tokens[token].Until - Now).TotalSeconds)}}}""");

    /// <param name="Until">When it ends.</param>
    /// <param name="Refusal">What is said then; 0: 42001.</param>
    private sealed record State(DateTimeOffset Until, int Refusal);
}
