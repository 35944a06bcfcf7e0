using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Chat.WeChat;

/// <summary>Where WeChat calls.</summary>
public static class WeChatEndpointRoutes
{
    /// <summary>
    /// Maps `/wechat/{account}`, which is what the console wants as URL. Needs <see cref="WeChatOptions"/>, the desk, <see cref="ISharedNotes"/>, a <see cref="TimeProvider"/>
    /// and logging among the services.
    /// </summary>
    public static IEndpointRouteBuilder MapWeChat(this IEndpointRouteBuilder routes)
    {
        // At the first call: the services are started by then, and the options were checked.
        var endpoint = new Lazy<WeChatEndpoint>(() => ActivatorUtilities.CreateInstance<WeChatEndpoint>(routes.ServiceProvider));
        routes.MapGet("/wechat/{account}", context => endpoint.Value.VerifyAsync(context));
        routes.MapPost("/wechat/{account}", context => endpoint.Value.AnswerAsync(context));
        return routes;
    }
}
