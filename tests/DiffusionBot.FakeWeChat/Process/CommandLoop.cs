using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.FakeWeChat.Process;

/// <summary>The platform by lines of JSON: commands in, events out.</summary>
internal sealed class CommandLoop(FakeWeChatPlatform platform, TextReader input, TextWriter output, Ledger? ledger)
{
    private static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<string, FakeAccount> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<FakeUser, bool> watched = [];
    private readonly Lock gate = new();

    /// <summary>Runs until the input ends.</summary>
    public async Task RunAsync()
    {
        platform.Calls.Added = call => Write(Events.Of(call));
        platform.ViolationFeed.Added = what => Write(new JsonObject { ["event"] = "violation", ["text"] = what });
        Write(new JsonObject { ["event"] = "ready", ["api"] = platform.ApiBase });
        while (await input.ReadLineAsync() is { } line) _ = AnswerAsync(line);
    }

    private async Task AnswerAsync(string line)
    {
        JsonNode? id = null;
        try
        {
            var command = new Command(JsonNode.Parse(line)!.AsObject());
            id = command.Id;
            var done = await DoAsync(command);
            (done["event"], done["id"]) = ("done", id);
            Write(done);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException or IOException or WrongReplyException)
        {
            Write(new JsonObject { ["event"] = "error", ["id"] = id?.DeepClone(), ["text"] = e.Message });
        }
    }

    private async Task<JsonObject> DoAsync(Command command)
    {
        if (command.Do == "account") return Add(command);
        if (command.Do == "fail") return Fail(command);
        var account = accounts.GetValueOrDefault(command.Text("account")) ?? throw new FormatException($"There is no account \"{command.Text("account")}\".");
        switch (command.Do)
        {
            case "verify":
                var verified = await account.VerifyAsync();
                return new JsonObject { ["isRight"] = verified.IsRight, ["try"] = Events.Of(verified.Try) };
            case "sign":
                var post = account.Sign(command.Text("message"));
                return new JsonObject { ["query"] = post.Query, ["body"] = post.Text };
            case "encrypt":
                return new JsonObject { ["encrypted"] = account.Cipher.Encrypt(command.Text("message")) };
            case "decrypt":
                return new JsonObject { ["message"] = account.Cipher.Decrypt(command.Text("encrypted")) };
            case "callback":
                account.Callback = new Uri(command.Text("callback"));
                return [];
            case "expireTokens":
                account.ExpireTokens(command.Number("code", 42001));
                return [];
            case "repeat":
                account.RepeatDelivery(command.Number("times", 1), command.Is("atOnce"));
                return [];
            default:
                return Events.Of(await DoAsync(UserOf(account, command.Text("user")), command));
        }
    }

    private static Task<Delivery> DoAsync(FakeUser user, Command command) => command.Do switch
    {
        "says" => user.SaysAsync(command.Text("text")),
        "picture" => user.SendsPictureAsync(command.Bytes()),
        "speaks" => user.SpeaksAsync(command.TextOrNull("recognition")),
        "menu" => user.TapsMenuAsync(command.Text("key")),
        "subscribes" => user.SubscribesAsync(command.TextOrNull("scene")),
        "unsubscribes" => user.UnsubscribesAsync(),
        "scans" => user.ScansAsync(command.Text("scene")),
        "link" => user.TapsLinkAsync(command.Text("link")),
        "sends" => user.SendsAsync(command.Text("msgType"), command.Fields()),
        var other => throw new FormatException($"\"do\" is \"{other}\", which is no command."),
    };

    private JsonObject Add(Command command)
    {
        var account = new FakeAccount
        {
            Name = command.Text("name"),
            AppId = command.TextOrNull("appId")!,
            OriginalId = command.TextOrNull("originalId")!,
            AppSecret = command.TextOrNull("appSecret") ?? "0123456789abcdef0123456789abcdef",
            Token = command.TextOrNull("token") ?? "spamtest",
            EncodingAesKey = command.TextOrNull("encodingAesKey") ?? "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
            Mode = Enum.Parse<FakeMode>(command.TextOrNull("mode") ?? "Plaintext", ignoreCase: true),
            IsCertified = !command.Is("isUncertified"),
            TakesMilliseconds = command.Is("takesMilliseconds"),
            Callback = command.TextOrNull("callback") is { } callback ? new Uri(callback) : null,
        };
        accounts[account.Name] = platform.AddAccount(account);
        return new JsonObject { ["appId"] = account.AppId, ["originalId"] = account.OriginalId };
    }

    private JsonObject Fail(Command command)
    {
        var how = command.Text("how") switch
        {
            "hang" => Api.Failure.Hang,
            "drop" => Api.Failure.Drop,
            "garbage" => Api.Failure.Garbage,
            "status" => Api.Failure.Status(command.Number("status", 500)),
            "code" => Api.Failure.Code(command.Number("code", -1)),
            var other => throw new FormatException($"\"how\" is \"{other}\"; expected hang, drop, garbage, status or code."),
        };
        platform.Fail(command.Text("path"), command.Number("times", 1), how, command.Is("afterDoing"));
        return [];
    }

    private FakeUser UserOf(FakeAccount account, string openId)
    {
        var user = account.User(openId);
        if (!watched.TryAdd(user, true)) return user;
        user.Screen.Added = seen =>
        {
            var line = Events.Of(account.Name, openId, seen);
            ledger?.Add(line.ToJsonString(relaxed));
            Write(line);
        };
        user.Typing.Added = seen => Write(Events.Of(account.Name, openId, seen));
        return user;
    }

    private void Write(JsonObject line)
    {
        lock (gate)
        {
            output.WriteLine(line.ToJsonString(relaxed));
            output.Flush();
        }
    }
}
