using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DiffusionBot.Generation.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Web.Admin;

/// <summary>
/// What opens the admin page: the option's token, else one generated at the first start, of which only the hash is kept.
/// Who entered it once has a signed cookie for half a day; another token makes it worthless.
/// </summary>
internal sealed class AdminToken(SettingStore settings, IOptions<WebOptions> options, IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Cookie = "DiffusionBot.Admin";

    private const string Setting = "admin-token";

    private static readonly TimeSpan lifetime = TimeSpan.FromHours(12);

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("DiffusionBot.Web.Admin.v1").ToTimeLimitedDataProtector();

    /// <summary>Makes a token where there is none. Returns it that one time; else null.</summary>
    public async Task<string?> EnsureAsync(CancellationToken cancel)
    {
        if (options.Value.AdminToken is not null || await settings.GetAsync(Setting, cancel) is not null) return null;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        // Of several hosts that start at once, one is first: only its token is told.
        return await settings.GetOrAddAsync(Setting, HashOf(token), cancel) == HashOf(token) ? token : null;
    }

    public async Task<bool> VerifyAsync(string token, CancellationToken cancel) => AreEqual(HashOf(token.Trim()), await HashAsync(cancel));

    /// <summary>Lets this browser in.</summary>
    public async Task SignInAsync(HttpContext context)
    {
        var until = clock.GetUtcNow() + lifetime;
        if (await HashAsync(context.RequestAborted) is { } hash)
            context.Response.Cookies.Append(Cookie, protector.Protect(hash, until), new CookieOptions
            {
                Expires = until,
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                Path = "/admin",
                IsEssential = true,
            });
    }

    public static void SignOut(HttpContext context) => context.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/admin" });

    public async Task<bool> IsSignedInAsync(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 and < 1000 } cookie) return false;
        try
        {
            return AreEqual(protector.Unprotect(cookie), await HashAsync(context.RequestAborted));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private async Task<string?> HashAsync(CancellationToken cancel) =>
        options.Value.AdminToken is { } token ? HashOf(token) : await settings.GetAsync(Setting, cancel);

    /// <summary>SHA-256 is enough: a token is random, not a word that somebody remembers.</summary>
    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static bool AreEqual(string one, string? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));
}
