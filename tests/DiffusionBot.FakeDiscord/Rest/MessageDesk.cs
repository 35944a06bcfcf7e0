using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord.Gateway;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>Messages: written, changed, deleted, and shown to whom they concern.</summary>
internal sealed class MessageDesk(DiscordServer discord)
{
    private static readonly TimeSpan nonceKept = TimeSpan.FromMinutes(3);

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, FakeMessage> messages = [];

    public FakeMessage? Find(ulong channel, ulong id)
    {
        lock (gate) return messages.TryGetValue(id, out var message) && message.Channel.Id == channel && !message.IsDeleted ? message : null;
    }

    public IReadOnlyList<FakeMessage> In(FakeChannel channel)
    {
        lock (gate) return [.. messages.Values.Where(m => m.Channel == channel).OrderBy(m => m.Id)];
    }

    /// <summary>What a user wrote.</summary>
    public FakeMessage Say(FakeUser user, FakeChannel channel, string text, FakeMessage? replyTo, (string Name, byte[] Bytes)[] files)
    {
        var message = new FakeMessage(discord, channel, user, 0) { Content = text, RepliesTo = replyTo, Mentions = MentionsIn(text) };
        message.Files = [.. files.Select(f => new FakeFile(discord.Ids.Next(), f.Name, f.Name.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? "image/png" : "image/jpeg", f.Bytes, null))];
        Show(message, ShownAs.New);
        return message;
    }

    /// <summary>Writes what the bot sends.</summary>
    /// <param name="call">With its files.</param>
    /// <param name="body">The message.</param>
    /// <param name="channel">Where.</param>
    /// <param name="at">Where in the body it stands: `data.`, or nothing.</param>
    /// <param name="interaction">It answers that; null: none.</param>
    public (FakeMessage? Message, ApiAnswer? Problem) Create(ApiCall call, JsonObject body, FakeChannel channel, string at = "", FakeInteraction? interaction = null)
    {
        if (Check(call, body, at) is { } problem) return (null, problem);
        var (files, fileProblem) = FilesOf(call, body, [], isNew: true);
        if (fileProblem is not null) return (null, fileProblem);
        if (IsEmpty(body, files)) return (null, ApiAnswer.Error(400, 50006, "Cannot send an empty message"));
        lock (gate)
        {
            var nonce = body["nonce"]?.ToString();
            if (nonce is not null && (bool?)body["enforce_nonce"] == true
                && messages.Values.FirstOrDefault(m => m.Nonce == nonce && m.Channel == channel && m.Author == discord.Bot && discord.Options.Clock.GetUtcNow() - m.Timestamp < nonceKept) is { } known) return (known, null);
            FakeMessage? replyTo = null;
            if (body["message_reference"] is JsonObject reference)
            {
                replyTo = messages.GetValueOrDefault(Ids.Of((string?)reference["message_id"]));
                if ((replyTo is null || replyTo.IsDeleted) && (bool?)reference["fail_if_not_exists"] != false) return (null, ApiAnswer.Invalid([("message_reference", "Unknown message")]));
                if (replyTo is { IsDeleted: true }) replyTo = null;
            }
            var message = new FakeMessage(discord, channel, discord.Bot, (int?)body["flags"] ?? 0) { Nonce = nonce, RepliesTo = replyTo, Interaction = interaction };
            Fill(message, body, files);
            Show(message, ShownAs.New);
            return (message, null);
        }
    }

    /// <summary>"… is thinking".</summary>
    public FakeMessage Promise(FakeInteraction interaction, int flags)
    {
        var message = new FakeMessage(discord, interaction.Channel, discord.Bot, flags | FakeMessage.Loading) { Interaction = interaction };
        Show(message, ShownAs.New);
        return message;
    }

    /// <summary>Changes a message.</summary>
    public ApiAnswer? Edit(ApiCall call, JsonObject body, FakeMessage message, string at = "")
    {
        if (Check(call, body, at) is { } problem) return problem;
        var (files, fileProblem) = FilesOf(call, body, message.Files, isNew: false);
        if (fileProblem is not null) return fileProblem;
        lock (gate)
        {
            if (message.IsLoading && IsEmpty(body, files)) return ApiAnswer.Error(400, 50006, "Cannot send an empty message");
            Fill(message, body, files);
            message.Flags &= ~FakeMessage.Loading;
            message.EditedAt = discord.Options.Clock.GetUtcNow();
            Show(message, ShownAs.Edited);
        }
        return null;
    }

    public void Delete(FakeMessage message)
    {
        lock (gate)
        {
            message.IsDeleted = true;
            Show(message, ShownAs.Deleted);
        }
    }

    private static bool IsEmpty(JsonObject body, IReadOnlyList<FakeFile> files) =>
        MessageRules.Length(body["content"]) == 0 && files.Count == 0 && body["embeds"] is not JsonArray { Count: > 0 } && body["components"] is not JsonArray { Count: > 0 };

    private ApiAnswer? Check(ApiCall call, JsonObject body, string at)
    {
        if ((body["allowed_mentions"] as JsonObject)?["parse"] is not JsonArray) discord.Violate($"{call.Route}: allowed_mentions is missing, or has no parse");
        var problems = MessageRules.Problems(body, at);
        foreach (var (path, message) in problems) discord.Violate($"{call.Route}: {path}: {message}");
        return problems.Count > 0 ? ApiAnswer.Invalid(problems) : null;
    }

    private (IReadOnlyList<FakeFile> Files, ApiAnswer? Problem) FilesOf(ApiCall call, JsonObject body, IReadOnlyList<FakeFile> before, bool isNew)
    {
        if (call.Files.Values.Any(f => f.Bytes.Length > discord.Options.AttachmentLimit)) return ([], ApiAnswer.Error(413, 40005, "Request entity too large"));
        if (body["attachments"] is not JsonArray listed)
        {
            if (call.Files.Count > 0) discord.Violate($"{call.Route}: has files, and no attachments that list them");
            return ([.. before, .. call.Files.OrderBy(f => f.Key).Select(f => New(f.Value, null))], null);
        }
        if (listed.Count > 10) return ([], ApiAnswer.Error(400, 30015, "Maximum number of attachments reached (10)"));
        var files = new List<FakeFile>();
        var used = new HashSet<int>();
        foreach (var entry in listed.OfType<JsonObject>())
        {
            var id = entry["id"]?.ToString();
            if (!isNew && before.FirstOrDefault(f => Ids.Text(f.Id) == id) is { } kept) files.Add(kept);
            else if (int.TryParse(id, out var n) && call.Files.TryGetValue(n, out var sent))
            {
                used.Add(n);
                var words = (string?)entry["description"];
                if (MessageRules.Length(entry["description"]) > 1024) return ([], ApiAnswer.Invalid([($"attachments.{n}.description", "Must be 1024 or fewer in length.")]));
                files.Add(New((string?)entry["filename"] is { } name ? sent with { Name = name } : sent, words));
            }
            else return ([], ApiAnswer.Invalid([("attachments", $"Attachment {id} was not sent and is not there.")]));
        }
        if (used.Count < call.Files.Count) discord.Violate($"{call.Route}: {call.Files.Count} files were sent, attachments lists {used.Count} of them");
        return (files, null);
    }

    private FakeFile New(SentFile sent, string? description) => new(discord.Ids.Next(), sent.Name, sent.ContentType, sent.Bytes, description);

    private void Fill(FakeMessage message, JsonObject body, IReadOnlyList<FakeFile> files)
    {
        if (body.ContainsKey("content")) message.Content = (string?)body["content"] ?? "";
        if (body.ContainsKey("embeds")) message.Embeds = body["embeds"] is JsonArray embeds ? embeds.DeepClone().AsArray() : [];
        if (body.ContainsKey("components")) message.Components = body["components"] is JsonArray components ? components.DeepClone().AsArray() : [];
        message.Files = files;
        var allowed = body["allowed_mentions"];
        var all = allowed?["parse"] is JsonArray parse && parse.Any(p => (string?)p == "users");
        var some = (allowed?["users"] as JsonArray ?? []).Select(u => Ids.Of(u?.ToString())).ToHashSet();
        message.Mentions = [.. MentionsIn(message.Content).Where(id => all || some.Contains(id))];
    }

    private static IReadOnlyList<ulong> MentionsIn(string text) =>
        [.. text.Split("<@").Skip(1).Select(part => part.IndexOf('>', StringComparison.Ordinal) is > 0 and var end ? Ids.Of(part[..end].TrimStart('!')) : 0).Where(id => id != 0)];

    private void Show(FakeMessage message, ShownAs how)
    {
        lock (gate) messages[message.Id] = message;
        var shown = new Shown(how, message, message.Content, message.Files);
        if (message.IsEphemeral)
        {
            message.Interaction!.User.Shown.Add(shown);
            return;
        }
        message.Channel.Shown.Add(shown);
        discord.Gateway.Dispatch(how switch { ShownAs.New => "MESSAGE_CREATE", ShownAs.Edited => "MESSAGE_UPDATE", _ => "MESSAGE_DELETE" }, message);
    }
}
