using DiffusionBot.Engine;

namespace DiffusionBot.Web.Visitors;

/// <summary>Which language to speak: the one chosen, else the one that the browser asks for.</summary>
internal static class VisitorLanguage
{
    public const string Cookie = "DiffusionBot.Language";

    public static Language Of(HttpRequest request)
    {
        if (Parse(request.Cookies[Cookie]) is { } chosen) return chosen;
        // By weight; of equals the first. What is neither of ours is passed over.
        return request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(l => l.Quality ?? 1)
            .Select(l => Parse(l.Value.Value))
            .FirstOrDefault(l => l is not null) ?? Language.English;
    }

    public static Language? Parse(string? name) => name switch
    {
        null => null,
        _ when name.StartsWith("zh", StringComparison.OrdinalIgnoreCase) => Language.Chinese,
        _ when name.StartsWith("en", StringComparison.OrdinalIgnoreCase) => Language.English,
        _ => null,
    };

    /// <summary>Keeps a choice, and leads back to where it was made.</summary>
    public static IResult Choose(HttpContext context, string? to, string? back)
    {
        if (Parse(to) is { } language)
        {
            context.Response.Cookies.Append(Cookie, language == Language.Chinese ? "zh" : "en", new CookieOptions
            {
                MaxAge = TimeSpan.FromDays(365),
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
                IsEssential = true,
            });
        }
        return Results.LocalRedirect(IsOurs(back) ? back! : "/");
    }

    private static bool IsOurs(string? path) =>
        path is { Length: > 0 and < 2000 } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\')) && !path.Any(char.IsControl);
}
