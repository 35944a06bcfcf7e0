using DiffusionBot.Web.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace DiffusionBot.Web.Chat;

/// <summary>A line as scripts put it into a page.</summary>
/// <param name="Id">Its place.</param>
/// <param name="Html">Made by the very component that the page is made with.</param>
internal sealed record BubbleHtml(long Id, string Html)
{
    public static async Task<IReadOnlyList<BubbleHtml>> RenderAsync(IServiceProvider services, PageFrame frame, IReadOnlyList<ShownLine> lines)
    {
        if (lines.Count == 0) return [];
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var bubbles = new List<BubbleHtml>();
            foreach (var line in lines)
            {
                var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Frame"] = frame, ["Shown"] = line });
                bubbles.Add(new BubbleHtml(line.Id, (await renderer.RenderComponentAsync<ChatBubble>(parameters)).ToHtmlString()));
            }
            return bubbles;
        });
    }
}
