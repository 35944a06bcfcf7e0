using DiffusionBot.Engine;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Web.Guards;

/// <summary>
/// Everything that changes something comes as a form from a page of ours, and is of a bearable size. Other sites' pages are turned away twice:
/// by where the browser says that the request comes from, and by the token that only our pages have.
/// </summary>
internal sealed class FormGuard(IAntiforgery antiforgery, IOptions<WebOptions> options)
{
    /// <summary>Longest text of a field, in characters.</summary>
    public const int LongestText = 20_000;

    /// <summary>Largest picture, in bytes.</summary>
    public const int LargestPicture = 20 << 20;

    public const int MostPictures = 4;

    private const int LargestPlainForm = 256 << 10, LargestForm = MostPictures * LargestPicture + (1 << 20);

    /// <summary>The form, checked.</summary>
    /// <param name="context">The request.</param>
    /// <param name="withPictures">Whether pictures may come along.</param>
    /// <exception cref="WebRefusal">Not from here, too large, or no form.</exception>
    public async Task<IFormCollection> ReadAsync(HttpContext context, bool withPictures = false)
    {
        CheckOrigin(context.Request);
        var form = await ReadBodyAsync(context, withPictures ? LargestForm : LargestPlainForm);
        try
        {
            await antiforgery.ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            throw new WebRefusal(StatusCodes.Status400BadRequest, new("This page is too old, or cookies are switched off. Reload it and try again.", "页面已过期，或者浏览器禁用了 Cookie。请刷新后再试。"));
        }
        return form;
    }

    private void CheckOrigin(HttpRequest request)
    {
        // Browsers tell it over https and on localhost; else there is the origin, which they tell with every POST.
        var isOurs = request.Headers["Sec-Fetch-Site"].ToString() switch
        {
            "same-origin" => true,
            "" => request.Headers.Origin.ToString() is not { Length: > 0 } origin || IsOurs(origin, request.Host),
            _ => false,
        };
        if (!isOurs) throw new WebRefusal(StatusCodes.Status403Forbidden, new("This came from another site's page.", "这个请求来自其他网站的页面。"));
    }

    private bool IsOurs(string origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Authority.Equals(Authority(host, uri.Scheme), StringComparison.OrdinalIgnoreCase)
            || (options.Value.PublicUrl is { } address && Uri.TryCreate(address, UriKind.Absolute, out var ours) && ours.Authority.Equals(uri.Authority, StringComparison.OrdinalIgnoreCase)));

    /// <summary>As <see cref="Uri.Authority"/> has it: without the scheme's own port.</summary>
    private static string Authority(HostString host, string scheme) =>
        host.Port is { } port && port == (scheme == "https" ? 443 : 80) ? host.Host : host.Value ?? "";

    private static async Task<IFormCollection> ReadBodyAsync(HttpContext context, int most)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = most;
        if (!context.Request.HasFormContentType) throw new WebRefusal(StatusCodes.Status415UnsupportedMediaType, new("Expected a form.", "需要表单数据。"));
        var limits = new FormOptions
        {
            ValueCountLimit = 100,
            ValueLengthLimit = LongestText * 9,   // percent-encoded UTF-8
            MultipartBodyLengthLimit = LargestPicture,
            BufferBodyLengthLimit = most,
        };
        try
        {
            return await context.Request.ReadFormAsync(limits, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
        catch (InvalidDataException)
        {
            throw TooLarge();
        }
    }

    public static WebRefusal TooLarge() => new(StatusCodes.Status413PayloadTooLarge,
        new($"Too much at once: a text may have {LongestText} characters, a picture {LargestPicture >> 20} MB, a message {MostPictures} pictures.",
            $"内容太大：文字最多 {LongestText} 字，每张图最大 {LargestPicture >> 20} MB，一条消息最多 {MostPictures} 张图。"));

    public static LocalText TooOften { get; } = new("That was a lot within a minute. Wait a little.", "一分钟内发得太多了，请稍等一会儿。");
}
