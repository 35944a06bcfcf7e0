using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>Attachments, at addresses that are signed and expire.</summary>
internal sealed class Cdn(DiscordServer discord)
{
    private static readonly TimeSpan kept = TimeSpan.FromDays(1);

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, FakeFile> files = new(StringComparer.Ordinal);

    public string UrlOf(ulong channel, FakeFile file)
    {
        var path = $"/attachments/{Ids.Text(channel)}/{Ids.Text(file.Id)}/{Uri.EscapeDataString(file.Name)}";
        files[path] = file;
        var now = discord.Options.Clock.GetUtcNow().ToUnixTimeSeconds();
        var (ex, @is) = ((now + (long)kept.TotalSeconds).ToString("x", CultureInfo.InvariantCulture), now.ToString("x", CultureInfo.InvariantCulture));
        return $"{discord.CdnBase}{path}?ex={ex}&is={@is}&hm={Sign(path, ex, @is)}";
    }

    public void Map(WebApplication app) => app.MapGet("/attachments/{**path}", async context =>
    {
        var query = context.Request.Query;
        var path = context.Request.Path.ToUriComponent();
        var (ex, @is) = (query["ex"].ToString(), query["is"].ToString());
        var isFresh = long.TryParse(ex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ends) && discord.Options.Clock.GetUtcNow().ToUnixTimeSeconds() < ends;
        if (!isFresh || query["hm"] != Sign(path, ex, @is) || !files.TryGetValue(path, out var file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("This content is no longer available.", context.RequestAborted);
            return;
        }
        context.Response.ContentType = file.ContentType;
        await context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted);
    });

    private string Sign(string path, string ex, string @is) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{path}{ex}{@is}")));
}
