using System.Text;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>Replies as messages: text with buttons, or pictures with what is to be known of them.</summary>
internal sealed class DiscordReplies(IPictureConverter converter, IOptions<DiscordOptions> options)
{
    /// <summary>Files of a message with a grid, and bytes of a request (25 MiB, less what stands around them).</summary>
    private const int MostFiles = 9, MostTogether = 24 << 20;

    /// <summary>Of one file, so that a grid and a picture fit into a request wherever more is allowed.</summary>
    private const int LargestBytes = MostTogether / 2;

    private const int LongestPrompt = 1000, LongestFact = 300, LongestFactName = 100, MostFacts = 8, LongestGridEdge = 2048, LeastBytes = 50_000, Blurple = 0x5865F2;

    /// <summary>As many messages as it takes; at least one.</summary>
    /// <param name="reply">What is said.</param>
    /// <param name="server">Where: it may want pictures covered. 0: nowhere in particular.</param>
    /// <param name="mostBytes">Of one file there.</param>
    public IReadOnlyList<DiscordPart> PartsOf(ChatReply reply, ulong server, int mostBytes)
    {
        var parts = reply.Pictures.Count > 0 ? PicturesOf(reply, IsCovered(reply, server), Math.Clamp(mostBytes, LeastBytes, LargestBytes)) : TextsOf(reply);
        // Below a text, but with the first pictures: more of them may follow.
        var at = reply.Pictures.Count > 0 ? 0 : parts.Count - 1;
        parts[at] = parts[at] with { Buttons = DiscordButtons.Of(reply) };
        return parts;
    }

    /// <summary>A request's progress in place of its promise, without the button, which stays.</summary>
    public static DiscordPart ProgressOf(DrawingSign sign, string notes) => new(DiscordText.Cut(DiscordText.Plain($"{sign.Reference} · {sign.Text}\n{notes}".TrimEnd()), DiscordText.Most));

    private bool IsCovered(ChatReply reply, ulong server) => reply.IsSpoiler || (options.Value.RulesOf(server)?.Spoilers ?? false);

    private static List<DiscordPart> TextsOf(ChatReply reply)
    {
        var text = DiscordText.Plain(reply.Text);
        IReadOnlyList<DiscordFile> files = [];
        if (reply.Infotext is { } infotext)
        {
            var block = DiscordText.Code(infotext);
            if (text.Length + block.Length < DiscordText.Most) text = $"{text}\n{block}".Trim();
            else files = [new DiscordFile($"{reply.Reference ?? "parameters"}.txt", Encoding.UTF8.GetBytes(infotext), "text/plain; charset=utf-8")];
        }
        var parts = DiscordText.Pieces(text).Select(piece => new DiscordPart(piece)).ToList();
        if (parts.Count == 0) parts.Add(new DiscordPart(files.Count > 0 ? "" : "…"));
        parts[^1] = parts[^1] with { Files = files };
        return parts;
    }

    private List<DiscordPart> PicturesOf(ChatReply reply, bool isCovered, int mostBytes)
    {
        var files = reply.Pictures.Select(picture => FileOf(picture.FileName, picture.Bytes, mostBytes, isCovered, picture.Description)).ToList();
        var grid = files.Count > 1 && !isCovered ? GridOf(reply, mostBytes) : null;
        var parts = new List<DiscordPart>();
        var room = MostTogether - (grid?.Bytes.Length ?? 0);
        var together = new List<DiscordFile>();
        foreach (var file in files)
        {
            if (together.Count == MostFiles || (together.Count > 0 && together.Sum(f => (long)f.Bytes.Length) + file.Bytes.Length > room))
            {
                parts.Add(new DiscordPart("") { Files = [.. together] });
                together.Clear();
                room = MostTogether;
            }
            together.Add(file);
        }
        parts.Add(new DiscordPart("") { Files = [.. together] });
        parts[0] = parts[0] with
        {
            Content = DiscordText.Cut(DiscordText.Plain(reply.Notes.Trim()), DiscordText.Most),
            Embed = EmbedOf(reply, grid, isCovered),
            // Behind the pictures: a file that an embed shows is shown only there.
            Files = grid is null ? parts[0].Files : [.. parts[0].Files, grid],
        };
        return parts;
    }

    /// <summary>A PNG as it was made, with its parameters; a JPEG with the same ones where it would be too large.</summary>
    private DiscordFile FileOf(string name, ReadOnlyMemory<byte> png, int mostBytes, bool isCovered, string? description)
    {
        var (bytes, type) = (png, "image/png");
        if (png.Length > mostBytes) (bytes, type, name) = (converter.JpegAtMost(png, mostBytes), "image/jpeg", Path.ChangeExtension(name, ".jpg"));
        return new DiscordFile(isCovered ? $"SPOILER_{name}" : name, bytes, type, description);
    }

    private DiscordFile? GridOf(ChatReply reply, int mostBytes)
    {
        var first = reply.Pictures[0];
        if (reply.Pictures.Any(picture => picture.Width != first.Width || picture.Height != first.Height)) return null;
        var grid = converter.Grid([.. reply.Pictures.Select(picture => picture.Bytes)], LongestGridEdge);
        return FileOf($"{reply.Reference}-grid.png", grid, mostBytes, isCovered: false, null);
    }

    private static JsonObject EmbedOf(ChatReply reply, DiscordFile? grid, bool isCovered)
    {
        var prompt = DiscordText.Cut(DiscordText.Plain(reply.Pictures[0].Description), LongestPrompt);
        var embed = new JsonObject
        {
            ["color"] = Blurple,
            ["description"] = isCovered ? $"||{prompt}||" : prompt,
            ["fields"] = new JsonArray([.. reply.Facts.Take(MostFacts).Select(fact => (JsonNode)new JsonObject
            {
                ["name"] = DiscordText.Cut(fact.Name, LongestFactName),
                ["value"] = DiscordText.Cut(DiscordText.Plain(fact.Value), LongestFact),
                ["inline"] = true,
            })]),
        };
        if (reply.Reference is { } code) embed["footer"] = new JsonObject { ["text"] = code };
        if (grid is not null) embed["image"] = new JsonObject { ["url"] = $"attachment://{grid.SentName}" };
        return embed;
    }
}
