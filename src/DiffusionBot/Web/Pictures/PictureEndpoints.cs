using System.Globalization;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation.Labels;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Guards;
using DiffusionBot.Web.Pages;
using DiffusionBot.Web.Visitors;

namespace DiffusionBot.Web.Pictures;

/// <summary>The gallery, the pictures' pages, their files, and the presets.</summary>
internal static class PictureEndpoints
{
    private const int LongestWords = 200, LastPage = 10_000, LongestToken = 40;

    // A picture's address is its secret: it stays in this browser, and never changes.
    private const string ForGood = "private, max-age=31536000, immutable";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/gallery", GalleryAsync);
        routes.MapGet("/p/{token}", ShowAsync);
        routes.MapGet("/p/{token}.png", FileAsync);
        routes.MapGet("/p/{token}.jpg", CopyAsync);
        routes.MapPost("/p/{token}/share", ShareAsync);
        routes.MapPost("/p/{token}/delete", DeleteAsync);
        routes.MapGet("/presets", (Visitor visitor, PresetLibrary presets) =>
            Page.Of<PresetsPage>(new PresetsPageModel(visitor.Frame, [.. presets.All.OrderBy(p => p.PicturePath is null)])));
        routes.MapGet("/presets/{name}.jpg", PresetCopyAsync);
    }

    private static async Task<IResult> GalleryAsync(
        Visitor visitor, PictureArchive archive, CancellationToken cancel, string? q = null, string? model = null, string? seed = null, string? page = null, string? mine = null)
    {
        var isMine = mine == "1";
        var query = new GalleryQuery
        {
            Words = Wish(q),
            Model = Wish(model),
            Seed = long.TryParse(seed, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
            UserId = isMine ? visitor.Id : null,
            Page = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? Math.Clamp(at, 1, LastPage) - 1 : 0,
        };
        return Page.Of<GalleryWall>(new GalleryPageModel(visitor.Frame, query, isMine, await archive.SearchAsync(query, cancel)));
    }

    private static string? Wish(string? text) => text?.Trim() is { Length: > 0 } wish ? wish[..Math.Min(wish.Length, LongestWords)] : null;

    private static async Task<IResult> ShowAsync(string token, Visitor visitor, PictureArchive archive, CancellationToken cancel)
    {
        var picture = await FindAsync(archive, token, cancel);
        var isOwner = picture.UserId == visitor.Id;
        bool MaySee(StoredPicture other) => other.IsPublic || other.UserId == visitor.Id;
        var ancestors = await archive.AncestorsAsync(picture, cancel);
        // An address is a key: that of a picture which was not shared is handed to nobody but its owner.
        var shown = ancestors.Select(a => MaySee(a) ? a : null).ToList();
        var request = await archive.FindRequestAsync(picture.RequestId, cancel);
        var siblings = request?.Pictures.Where(p => p.Id != picture.Id && MaySee(p)).ToList() ?? [];
        var recipe = StrictInfotextReader.Read(picture.Infotext);
        return Page.Of<PicturePage>(new PicturePageModel(
            visitor.Frame, picture, isOwner, shown, [.. ancestors.Select(a => a.Request?.Relation)], siblings, recipe.Prompt, recipe.NegativePrompt, [.. recipe.Parameters]));
    }

    private static async Task<IResult> FileAsync(string token, PictureArchive archive, PictureLabels labels, HttpResponse response, CancellationToken cancel)
    {
        var picture = await FindAsync(archive, token, cancel);
        var bytes = await LabelledAsync(picture, archive, labels, cancel) ?? throw WebRefusal.NotFound();
        response.Headers.CacheControl = ForGood;
        return TypedResults.Bytes(bytes, "image/png");
    }

    private static async Task<IResult> CopyAsync(
        string token, PictureArchive archive, PictureLabels labels, PictureCopies copies, HttpResponse response, CancellationToken cancel, int? w = null)
    {
        // The row is looked for each time: a copy in memory must not outlive the picture.
        var picture = await FindAsync(archive, token, cancel);
        var copy = await copies.GetAsync(token, PictureCopies.WidthFor(w), () => LabelledAsync(picture, archive, labels, cancel), cancel) ?? throw WebRefusal.NotFound();
        response.Headers.CacheControl = ForGood;
        return TypedResults.Bytes(copy, "image/jpeg");
    }

    // Where it was asked for decides, not where it is looked at: an address that was given out in a chat must show no unmarked copy.
    private static async Task<byte[]?> LabelledAsync(StoredPicture picture, PictureArchive archive, PictureLabels labels, CancellationToken cancel) =>
        await archive.ReadAsync(picture, cancel) is { } original ? labels.For(original, picture.Request!.Place, picture.Id.ToString("N")) : null;

    private static async Task<IResult> ShareAsync(string token, Visitor visitor, HttpContext context, FormGuard guard, PictureArchive archive)
    {
        var form = await guard.ReadAsync(context);
        var picture = await OwnAsync(archive, token, visitor, context.RequestAborted);
        await archive.SetPublicAsync(picture.Id, form["public"] == "yes", context.RequestAborted);
        return Page.SeeOther($"/p/{token}");
    }

    private static async Task<IResult> DeleteAsync(string token, Visitor visitor, HttpContext context, FormGuard guard, PictureArchive archive)
    {
        await guard.ReadAsync(context);
        var picture = await OwnAsync(archive, token, visitor, context.RequestAborted);
        await archive.DeleteAsync(picture.RequestId, context.RequestAborted);
        return Page.SeeOther("/gallery?mine=1");
    }

    private static async Task<StoredPicture> OwnAsync(PictureArchive archive, string token, Visitor visitor, CancellationToken cancel)
    {
        var picture = await FindAsync(archive, token, cancel);
        return picture.UserId == visitor.Id ? picture
            : throw new WebRefusal(StatusCodes.Status403Forbidden, new("That picture is somebody else's.", "这不是你的图片。"));
    }

    private static async Task<StoredPicture> FindAsync(PictureArchive archive, string token, CancellationToken cancel) =>
        token.Length <= LongestToken ? await archive.FindByTokenAsync(token, cancel) ?? throw WebRefusal.NotFound() : throw WebRefusal.NotFound();

    private static async Task<IResult> PresetCopyAsync(string name, PresetLibrary presets, PictureCopies copies, HttpResponse response, CancellationToken cancel, int? w = null)
    {
        var path = presets.All.FirstOrDefault(p => p.Name == name)?.PicturePath ?? throw WebRefusal.NotFound();
        // Another file under the same name is another sample.
        var version = $"{name} {File.GetLastWriteTimeUtc(path).Ticks}";
        var copy = await copies.GetAsync(version, PictureCopies.WidthFor(w), () => ReadAsync(path, cancel), cancel) ?? throw WebRefusal.NotFound();
        response.Headers.CacheControl = "public, max-age=600";
        return TypedResults.Bytes(copy, "image/jpeg");
    }

    private static async Task<byte[]?> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
