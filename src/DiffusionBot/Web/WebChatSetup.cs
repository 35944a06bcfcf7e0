using System.Net;
using System.Text.Unicode;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Admin;
using DiffusionBot.Web.Chat;
using DiffusionBot.Web.Guards;
using DiffusionBot.Web.Pictures;
using DiffusionBot.Web.Visitors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;

namespace DiffusionBot.Web;

/// <summary>The web chat's doors into the host.</summary>
internal static class WebChatSetup
{
    /// <summary>Registers the web chat: its place, its pages and what they need.</summary>
    public static IServiceCollection AddWebChat(this IServiceCollection services)
    {
        services.AddOptions<WebOptions>().BindConfiguration("Web").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new PublicAddress(provider.GetRequiredService<IOptions<WebOptions>>().Value.PublicUrl is { } url ? new Uri(url) : null));
        services.AddSingleton<IChatAdapter, WebChatAdapter>();
        services.AddSingleton<Conversation>();
        services.AddSingleton<PictureCopies>();
        services.AddSingleton<OpenPages>();
        services.AddSingleton<VisitorCookie>();
        services.AddSingleton<VisitorLimits>();
        services.AddSingleton<FormGuard>();
        services.AddSingleton<AdminToken>();
        services.AddSingleton<BlockedWords>();
        services.AddSingleton<MeterGlance>();
        services.AddHostedService<AdminService>();

        services.AddRazorComponents();
        // Chinese as it is, not as numbers: pages are a third of the size.
        services.AddWebEncoders();
        services.Configure<WebEncoderOptions>(o => o.TextEncoderSettings = new(UnicodeRanges.All));
        services.AddAntiforgery(o => o.Cookie.Name = "DiffusionBot.Forms");
        // That keys are stored as they are is no news: who can read them can read the pictures and the database beside them.
        services.AddLogging(log => log.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
        services.AddDataProtection().SetApplicationName("DiffusionBot");
        services.AddOptions<KeyManagementOptions>().Configure<IFileStore>((o, files) => o.XmlRepository = new KeyFiles(files));
        return services;
    }

    /// <summary>Puts the pages where browsers find them.</summary>
    public static WebApplication MapWebChat(this WebApplication app)
    {
        UseForwardedHeaders(app);
        // A fault of ours is in the log by then; whoever asked is told that there was one.
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => RefusalFilter.Answer(context, new WebRefusal(StatusCodes.Status500InternalServerError, BotTexts.Both(texts => texts.WentWrong))).ExecuteAsync(context),
        });
        var pages = app.MapGroup("").AddEndpointFilter<HeaderFilter>().AddEndpointFilter<RefusalFilter>();
        pages.MapGet("/assets/{hash}/{name}", AssetFiles.Get);
        pages.MapGet("/language", (HttpContext context, string? to, string? back) => VisitorLanguage.Choose(context, to, back));
        ChatEndpoints.Map(pages);
        PictureEndpoints.Map(pages);
        QueueEndpoints.Map(pages);
        AdminEndpoints.Map(pages);
        pages.MapFallback(context => RefusalFilter.Answer(context, WebRefusal.NotFound()).ExecuteAsync(context));
        return app;
    }

    private static void UseForwardedHeaders(WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<IOptions<WebOptions>>().Value.TrustedProxies;
        if (trusted.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in trusted)
        {
            if (IPAddress.TryParse(proxy, out var address)) options.KnownProxies.Add(address);
            else options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }
        app.UseForwardedHeaders(options);
    }
}
