using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using DiffusionBot.Chat.Tests.Support;
using DiffusionBot.Chat.Tests.WeChat.Endpoint;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Showing;
using DiffusionBot.Chat.WeChat.Talking;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Chat.Tests.WeChat.Talking;

/// <summary>One account, its desk (as many processes as wanted), a bot that says what the test wants, and a clock that stands still.</summary>
internal sealed class Stage : IMessageHandler
{
    private readonly TimeProvider time;
    private readonly MemoryNotes notes;
    private readonly WeChatOptions options = new();
    private int lastMessage;

    public Stage(WeChatKind kind = WeChatKind.Certified, Action<WeChatOptions>? with = null, TimeProvider? clock = null)
    {
        time = clock ?? Clock;
        var account = new WeChatAccountOptions { Token = "abc", AppId = "wx1", Kind = kind };
        options.Accounts.Add("main", account);
        with?.Invoke(options);
        notes = new MemoryNotes(time);
        Account = new WeChatAccount("main", account, Api);
        if (kind == WeChatKind.Uncertified) Api.Rights = new(false, false, false);
        Waiting = new WaitingInMemory();
        Desk = NewProcess().GetRequiredService<IWeChatDesk>();
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public StubApi Api { get; } = new();

    public TestLog Log { get; } = new();

    public WeChatAccount Account { get; }

    public WaitingInMemory Waiting { get; }

    public IWeChatDesk Desk { get; }

    public PublicAddress Address { get; init; } = new(new Uri("https://draw.example/"));

    /// <summary>What the bot was told.</summary>
    public ConcurrentQueue<ChatMessage> Told { get; } = [];

    public Func<ChatMessage, Task<IReadOnlyList<ChatReply>>> Bot { get; set; } = message => Says($"你说：{message.Text}");

    public MemoryNotes Notes => notes;

    public static Task<IReadOnlyList<ChatReply>> Says(params IReadOnlyList<ChatReply> replies) => Task.FromResult(replies);

    public static ChatReply Promise(string code, TimeSpan? readyIn = null) =>
        new() { Text = $"开始画了（{code}）。", Reference = code, IsPromise = true, ReadyIn = readyIn, Choices = [new ChatChoice("取消", $"cancel {code}") { Typed = $"取消 {code}" }] };

    public static ChatReply Result(string code, int pictures = 1, string? infotext = null) => new()
    {
        Text = $"{code} · 64x64",
        Reference = code,
        Infotext = infotext,
        Pictures = [.. Enumerable.Range(1, pictures).Select(n => new ReplyPicture($"{code}-{n}.png", Encoding.UTF8.GetBytes($"{code}-{n}"), "一只猫")
        {
            PagePath = $"/p/{code}{n}", FilePath = $"/p/{code}{n}.png", PreviewPath = $"/p/{code}{n}.jpg?w=640",
        })],
        Choices = [new ChatChoice("再来", $"again {code}") { Typed = $"再来 {code}" }],
    };

    /// <summary>The account's rooms as another process has them.</summary>
    public IServiceProvider NewProcess()
    {
        var services = new ServiceCollection().AddLogging(log => log.AddProvider(Log).SetMinimumLevel(LogLevel.Debug)).AddWeChat();
        services.AddSingleton(time).AddSingleton<ISharedNotes>(notes).AddSingleton<IMessageHandler>(this).AddSingleton<IWaitingReplies>(Waiting)
            .AddSingleton<IPictureConverter, StubConverter>().AddSingleton(_ => Address).AddSingleton(new WeChatAccounts([Account])).AddSingleton(Options.Create(options));
        return services.BuildServiceProvider();
    }

    public Task<IReadOnlyList<ChatReply>> HandleAsync(ChatMessage message, CancellationToken cancel)
    {
        Told.Enqueue(message);
        return Bot(message);
    }

    /// <summary>A message that nobody has sent before.</summary>
    public WeChatMessage Message(string? text = null) => new()
    {
        ToUserName = "gh_1",
        FromUserName = "oA",
        CreateTime = time.GetUtcNow().ToUnixTimeSeconds(),
        MsgType = "text",
        Content = text,
        MsgId = (++lastMessage).ToString(CultureInfo.InvariantCulture),
    };

    public WeChatMessage Event(string name, string? key = null) => Message() with { MsgType = "event", MsgId = null, Event = name, EventKey = key };

    public Task<WeChatAnswer> AskAsync(WeChatMessage message, IWeChatDesk? desk = null) => (desk ?? Desk).AnswerAsync("main", message, TestContext.Current.CancellationToken);

    /// <summary>Asks, and hears the text that is written.</summary>
    public async Task<string?> SayAsync(WeChatMessage message, IWeChatDesk? desk = null)
    {
        var answer = await AskAsync(message, desk);
        Assert.False(answer.IsSilent);
        await answer.WrittenAsync(true);
        return (answer.Reply as PassiveReply.Text)?.Content;
    }

    public Task<string?> SayAsync(string text) => SayAsync(Message(text));
}

/// <summary>Replies that wait, in memory.</summary>
internal sealed class WaitingInMemory : IWaitingReplies
{
    private readonly Lock gate = new();
    private readonly List<WaitingReply> waiting = [];
    private TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> asked = Channel.CreateUnbounded<bool>();

    public List<string> Shown { get; } = [];

    /// <summary>Ends when somebody waits who did not before.</summary>
    public Task AskedAsync => asked.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    public void Add(ChatReply reply, string user = "wechat:main/oA")
    {
        lock (gate)
        {
            waiting.Add(new WaitingReply(reply.Reference!, "", user, reply, false));
            var told = change;
            change = new(TaskCreationOptions.RunContinuationsAsynchronously);
            told.SetResult();
        }
    }

    public Task<IReadOnlyList<WaitingReply>> TakeAsync(string userId, string? reference, int most, CancellationToken cancel)
    {
        lock (gate)
        {
            var taken = waiting.Where(w => w.UserId == userId && (reference is null || w.Reply.Reference == reference)).Take(most).ToList();
            waiting.RemoveAll(taken.Contains);
            return Task.FromResult<IReadOnlyList<WaitingReply>>(taken);
        }
    }

    public async Task UntilAnyAsync(string userId, string reference, CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (waiting.Any(w => w.UserId == userId && w.Reply.Reference == reference)) return;
                next = change.Task;
                asked.Writer.TryWrite(true);
            }
            await next.WaitAsync(cancel);
        }
    }

    public Task<int> CountAsync(string userId, CancellationToken cancel)
    {
        lock (gate) return Task.FromResult(waiting.Count(w => w.UserId == userId));
    }

    public Task ShownAsync(IReadOnlyList<WaitingReply> replies)
    {
        lock (gate) Shown.AddRange(replies.Select(r => r.Key));
        return Task.CompletedTask;
    }

    public Task ReturnAsync(IReadOnlyList<WaitingReply> replies)
    {
        lock (gate) waiting.InsertRange(0, replies);
        return Task.CompletedTask;
    }
}
