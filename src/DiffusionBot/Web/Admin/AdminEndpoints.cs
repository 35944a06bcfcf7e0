using System.Diagnostics;
using System.Globalization;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Guards;
using DiffusionBot.Web.Visitors;

namespace DiffusionBot.Web.Admin;

/// <summary>The operator's pages. All but the door want the token.</summary>
internal static class AdminEndpoints
{
    private const int ShownJobs = 100, ShownFailed = 20, UsersAPage = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/admin/enter", EnterAsync);
        var inside = routes.MapGroup("/admin").AddEndpointFilter(AskAsync);
        inside.MapGet("", OverviewAsync);
        inside.MapGet("/models", Models);
        inside.MapGet("/users", UsersAsync);
        inside.MapGet("/words", WordsAsync);
        inside.MapPost("/leave", LeaveAsync);
        inside.MapPost("/pause", PauseAsync);
        inside.MapPost("/cancel", CancelAsync);
        inside.MapPost("/users/block", BlockAsync);
        inside.MapPost("/users/limit", LimitAsync);
        inside.MapPost("/users/forget", ForgetAsync);
        inside.MapPost("/words", SetWordsAsync);
    }

    private static async ValueTask<object?> AskAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        if (await context.RequestServices.GetRequiredService<AdminToken>().IsSignedInAsync(context)) return await next(call);
        if (HttpMethods.IsGet(context.Request.Method)) return Door(context, null, StatusCodes.Status401Unauthorized);
        throw new WebRefusal(StatusCodes.Status403Forbidden, new("Enter the token first.", "请先输入令牌。"));
    }

    private static IResult Door(HttpContext context, string? problem, int status) => Page.Of<AdminDoor>(new AdminDoorModel(Visitor.FrameOf(context), problem), status);

    private static async Task<IResult> EnterAsync(HttpContext context, FormGuard guard, AdminToken token, VisitorLimits limits)
    {
        var form = await guard.ReadAsync(context);
        var frame = Visitor.FrameOf(context);
        if (!limits.AllowsTokenTry(context)) return Door(context, frame.Say("Too many tries. Wait a minute.", "尝试次数太多，请等一分钟。"), StatusCodes.Status429TooManyRequests);
        if (!await token.VerifyAsync(form["token"].ToString(), context.RequestAborted))
            return Door(context, frame.Say("That is not the token.", "令牌不对。"), StatusCodes.Status403Forbidden);
        await token.SignInAsync(context);
        return Page.SeeOther("/admin");
    }

    private static async Task<IResult> LeaveAsync(HttpContext context, FormGuard guard)
    {
        await guard.ReadAsync(context);
        AdminToken.SignOut(context);
        return Page.SeeOther("/admin");
    }

    private static async Task<IResult> OverviewAsync(HttpContext context, RequestQueue queue, PictureArchive archive, MeterGlance meters, TimeProvider clock, CancellationToken cancel)
    {
        var frame = Visitor.FrameOf(context);
        var process = Process.GetCurrentProcess();
        var up = clock.GetUtcNow() - new DateTimeOffset(process.StartTime);
        var figures = new List<KeyValuePair<string, string>>
        {
            new(frame.Say("Memory of this process", "进程内存"), $"{process.WorkingSet64 >> 20} MB"),
            new(frame.Say("Running for", "已运行"), Uptime(up)),
        };
        figures.AddRange(meters.Read());
        return Page.Of<AdminOverview>(new AdminOverviewModel(
            frame, await queue.IsPausedAsync(cancel), await queue.LengthAsync(cancel), await queue.WaitingAsync(null, ShownJobs, cancel),
            await archive.FailedAsync(ShownFailed, cancel), figures));
    }

    private static IResult Models(HttpContext context, ImageEngine engine)
    {
        var others = Enum.GetValues<ModelKind>().Where(kind => kind != ModelKind.Checkpoint).SelectMany(engine.Models.Files);
        return Page.Of<AdminModelList>(new AdminModelsModel(Visitor.FrameOf(context), engine.Models.Files(ModelKind.Checkpoint), [.. others], engine.Models.Notes, engine.Device));
    }

    private static async Task<IResult> UsersAsync(HttpContext context, UserDirectory users, CancellationToken cancel, string? page = null)
    {
        var at = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, 100_000) - 1 : 0;
        var (found, total) = await users.ListAsync(at, UsersAPage, cancel);
        return Page.Of<AdminUsers>(new AdminUsersModel(Visitor.FrameOf(context), found, total, at, UsersAPage));
    }

    private static async Task<IResult> WordsAsync(HttpContext context, BlockedWords words, CancellationToken cancel) =>
        Page.Of<AdminWords>(new AdminWordsModel(Visitor.FrameOf(context), await words.GetAsync(cancel)));

    private static async Task<IResult> PauseAsync(HttpContext context, FormGuard guard, RequestQueue queue)
    {
        var form = await guard.ReadAsync(context);
        await queue.SetPausedAsync(form["pause"] == "yes", context.RequestAborted);
        return Page.SeeOther("/admin");
    }

    private static async Task<IResult> CancelAsync(HttpContext context, FormGuard guard, RequestQueue queue)
    {
        var form = await guard.ReadAsync(context);
        if (Guid.TryParse(form["request"], out var id)) await queue.CancelAsync(id, context.RequestAborted);
        return Page.SeeOther("/admin");
    }

    private static async Task<IResult> BlockAsync(HttpContext context, FormGuard guard, UserDirectory users)
    {
        var form = await guard.ReadAsync(context);
        await users.SetBlockedAsync(UserOf(form), form["block"] == "yes", context.RequestAborted);
        return Page.SeeOther("/admin/users");
    }

    private static async Task<IResult> LimitAsync(HttpContext context, FormGuard guard, UserDirectory users)
    {
        var form = await guard.ReadAsync(context);
        int? pictures = int.TryParse(form["pictures"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        await users.SetDailyPicturesAsync(UserOf(form), pictures, context.RequestAborted);
        return Page.SeeOther("/admin/users");
    }

    private static async Task<IResult> ForgetAsync(HttpContext context, FormGuard guard, UserDirectory users)
    {
        var form = await guard.ReadAsync(context);
        await users.ForgetAsync(UserOf(form), context.RequestAborted);
        return Page.SeeOther("/admin/users");
    }

    private static async Task<IResult> SetWordsAsync(HttpContext context, FormGuard guard, BlockedWords words)
    {
        var form = await guard.ReadAsync(context);
        await words.SetAsync(form["words"].ToString(), context.RequestAborted);
        return Page.SeeOther("/admin/words");
    }

    private static string Uptime(TimeSpan up) => up switch
    {
        { TotalMinutes: < 120 } => $"{(int)up.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)up.TotalHours} h",
        _ => $"{(int)up.TotalDays} d",
    };

    private static string UserOf(IFormCollection form) => form["user"].ToString() is { Length: > 0 and <= 256 } user ? user : throw WebRefusal.NotFound();
}
