using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace DiffusionBot.Web.Visitors;

/// <summary>Who a visitor is: a random name in a signed cookie. Nobody signs up, and nobody else can be.</summary>
internal sealed class VisitorCookie(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Name = "DiffusionBot.Visitor";

    private static readonly TimeSpan lifetime = TimeSpan.FromDays(365), renewal = TimeSpan.FromDays(335);

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("DiffusionBot.Web.Visitor.v1").ToTimeLimitedDataProtector();

    /// <summary>The visitor's id, as `web:…`; a new one where the cookie is missing or not ours.</summary>
    public string Read(HttpContext context)
    {
        if (context.Items[typeof(VisitorCookie)] is string known) return known;
        var id = Verify(context.Request.Cookies[Name], out var expires);
        if (id is null || expires - clock.GetUtcNow() < renewal)
        {
            id ??= $"web:{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16))}";
            var until = clock.GetUtcNow() + lifetime;
            context.Response.Cookies.Append(Name, protector.Protect(id, until), new CookieOptions
            {
                Expires = until,
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
                IsEssential = true,
            });
        }
        context.Items[typeof(VisitorCookie)] = id;
        return id;
    }

    private string? Verify(string? cookie, out DateTimeOffset expires)
    {
        expires = default;
        if (cookie is not { Length: > 0 and < 1000 }) return null;
        try
        {
            return protector.Unprotect(cookie, out expires);
        }
        catch (CryptographicException)
        {
            return null;   // changed, expired, or signed by keys that are gone
        }
    }
}
