using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DiffusionBot.Web;

/// <summary>Pages as results of endpoints.</summary>
internal static class Page
{
    /// <summary>A page that shows a model, whole.</summary>
    public static IResult Of<TPage>(object model, int status = StatusCodes.Status200OK) where TPage : IComponent =>
        new RazorComponentResult<TPage>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Model"] = model }) { PreventStreamingRendering = true, StatusCode = status };

    /// <summary>To another page, by GET, after something was done.</summary>
    public static IResult SeeOther(string path) => new Redirect(path);

    private sealed class Redirect(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
