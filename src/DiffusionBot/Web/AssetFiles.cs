using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DiffusionBot.Web;

/// <summary>
/// Stylesheet, script and icon, carried inside the program: there however it is started and published. Their addresses change with their content,
/// so that browsers keep them for good.
/// </summary>
internal static class AssetFiles
{
    private static readonly FrozenDictionary<string, (byte[] Bytes, string Type, string Hash)> files = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["site.css"] = "text/css; charset=utf-8",
        ["site.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    }.ToFrozenDictionary(f => f.Key, f => Read(f.Key, f.Value), StringComparer.Ordinal);

    /// <summary>Where a file is.</summary>
    public static string Url(string name) => $"/assets/{files[name].Hash}/{name}";

    /// <summary>The file; under an old hash too, since a page may be older than the program.</summary>
    public static Results<FileContentHttpResult, NotFound> Get(string hash, string name, HttpResponse response)
    {
        if (!files.TryGetValue(name, out var file)) return TypedResults.NotFound();
        response.Headers.CacheControl = hash == file.Hash ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.Bytes(file.Bytes, file.Type);
    }

    private static (byte[], string, string) Read(string name, string type)
    {
        using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream($"DiffusionBot.Web.Assets.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the program; expected it among its embedded resources.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, type, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
    }
}
