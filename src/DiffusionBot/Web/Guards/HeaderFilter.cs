namespace DiffusionBot.Web.Guards;

/// <summary>What browsers are told about every answer: no script but ours, no guessing of types, nothing of ours in others' frames.</summary>
internal sealed class HeaderFilter : IEndpointFilter
{
    // data: previews and small copies; blob: pictures that are about to be sent.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.CacheControl = "no-cache, no-store";   // files say otherwise
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // A page's address is what opens it: others do not get to see it.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }
}
