using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Tests.Storage;

/// <summary>Users, conversations and settings.</summary>
public abstract class PeopleTests : OnBoth
{
    [Fact]
    public async Task A_user_is_made_once_and_keeps_what_was_chosen()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var users = host.Get<UserDirectory>();
        Assert.Null(await users.FindAsync("web:a"));
        var greeted = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => users.GreetAsync($"web:{i % 5}", "Ann"))));
        Assert.All(greeted, u => Assert.Equal("Ann", u.Name));
        // Of who only says hello nothing is kept.
        Assert.Equal(0, (await users.ListAsync(0, 3)).Total);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => users.SetLanguageAsync($"web:{i % 5}", Language.English))));
        Assert.Equal(5, (await users.ListAsync(0, 3)).Total);
        Assert.Equal(2, (await users.ListAsync(1, 3)).Users.Count);
        await users.SetLanguageAsync("web:0", Language.Chinese);
        await users.SetDefaultsAsync("web:0", new Dictionary<string, string> { ["steps"] = "30", ["反向"] = "模糊" });
        await users.SetDailyPicturesAsync("web:0", 9);
        var user = await users.GreetAsync("web:0", "Bea");
        Assert.Equal(("Bea", Language.Chinese, 9, false), (user.Name, user.Language, user.DailyPictures, user.IsBlocked));
        Assert.Equal("模糊", System.Text.Json.JsonDocument.Parse(user.Defaults).RootElement.GetProperty("反向").GetString());
        await users.SetDefaultsAsync("web:0", new Dictionary<string, string>());
        await users.SetLanguageAsync("web:0", null);
        user = await users.GreetAsync("web:0", null);
        Assert.Equal(("Bea", null, ""), (user.Name, user.Language, user.Defaults));
        // Who was never here may be blocked.
        await users.SetBlockedAsync("web:new", true);
        Assert.True((await users.FindAsync("web:new"))!.IsBlocked);
    }

    [Fact]
    public async Task Forgetting_leaves_nothing_of_a_user_and_all_of_the_others()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        var (users, transcript) = (host.Get<UserDirectory>(), host.Get<Transcript>());
        foreach (var user in new[] { "web:a", "web:b" })
        {
            await users.GreetAsync(user, user);
            await transcript.AppendAsync(user, "1", "hello");
            await host.Get<NoteStore>().SetAsync(NoteStore.KeyOf(user, "window"), "5", TimeSpan.FromDays(2));
            await host.Get<NoteStore>().SetAsync(NoteStore.KeyOf(user.ToUpperInvariant(), "window"), "5", TimeSpan.FromDays(2));
            await transcript.AppendAsync($"test:{user}", "1", "hello");
            await host.AcceptAsync(user, $"done {user}");
            (await engine.NextAsync()).Finish();
            await host.Deliverer.NextAsync();
        }
        var drawn = await host.AcceptAsync("web:a", "being drawn");
        var drawing = await engine.NextAsync();
        var waits = await host.AcceptAsync("web:a", "waits");
        Assert.Equal(1, await users.ForgetAsync("web:a"));
        Assert.True(drawing.Cancel.IsCancellationRequested);
        await host.StopAsync();
        Assert.Null(await host.Archive.FindRequestAsync(drawn.Id));
        Assert.Null(await host.Archive.FindRequestAsync(waits.Id));
        Assert.Equal(["web:b"], await host.Database.ReadAsync(db => db.Users.Select(u => u.Id).ToListAsync()));
        Assert.Equal(["done web:b"], await host.Database.ReadAsync(db => db.Requests.Select(r => r.Prompt).ToListAsync()));
        Assert.Equal(["web:b"], await host.Database.ReadAsync(db => db.Outbox.Select(e => e.UserId).ToListAsync()));
        Assert.Equal(["user/WEB:A/window", "user/WEB:B/window", "user/web:b/window"], (await host.Database.ReadAsync(db => db.Notes.Select(n => n.Key).ToListAsync())).Order(StringComparer.Ordinal));
        Assert.Equal(["test:web:b", "web:b"], (await host.Database.ReadAsync(db => db.Transcript.Select(t => t.Conversation).ToListAsync())).Order(StringComparer.Ordinal));
        Assert.Equal(await host.Database.ReadAsync(db => db.Pictures.Select(p => p.FileName).ToListAsync()), Data.Pictures);
        Assert.Equal(0, await host.Database.ReadAsync(db => db.Removals.CountAsync()));
    }

    [Fact]
    public async Task A_drawing_that_ends_after_its_user_was_forgotten_leaves_no_file()
    {
        var engine = new StubbornEngine();
        await using var host = await GenerationHost.StartAsync(Data, engine, settings: [("Jobs:StopSeconds", 60)]);
        await host.AcceptAsync("web:a", "being drawn");
        var drawing = await engine.Inner.NextAsync();
        await host.Get<UserDirectory>().ForgetAsync("web:a");
        drawing.Finish();
        await host.StopAsync();
        Assert.Empty(Data.Pictures);
        Assert.Equal(0, await host.Database.ReadAsync(db => db.Requests.CountAsync()));
    }

    [Fact]
    public async Task A_block_outlives_forgetting_by_itself()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var users = host.Get<UserDirectory>();
        await users.GreetAsync("web:a", "Ann");
        await users.SetBlockedAsync("web:a", true);
        await users.ForgetAsync("web:a");
        var user = (await users.FindAsync("web:a"))!;
        Assert.Equal((true, null, ""), (user.IsBlocked, user.Name, user.Defaults));
    }

    [Fact]
    public async Task A_conversation_keeps_its_lines_in_order_and_each_once()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var transcript = host.Get<Transcript>();
        var told = new List<string>();
        using (transcript.Watch(told.Add))
        {
            for (var i = 0; i < 5; i++) Assert.True(await transcript.AppendAsync("web:a", $"k{i}", $"line {i}"));
            Assert.False(await transcript.AppendAsync("web:a", "k2", "again"));
            Assert.True(await transcript.AppendAsync("web:b", "k2", "another's"));
        }
        await transcript.AppendAsync("web:b", "k3", "nobody looks");
        Assert.Equal([.. Enumerable.Repeat("web:a", 5), "web:b"], told);
        var all = await transcript.AfterAsync("web:a", 0, 100);
        Assert.Equal(["line 0", "line 1", "line 2", "line 3", "line 4"], all.Select(l => l.Body));
        Assert.Equal(["line 2", "line 3"], (await transcript.AfterAsync("web:a", all[1].Id, 2)).Select(l => l.Body));
        Assert.Equal(["line 3", "line 4"], (await transcript.BeforeAsync("web:a", null, 2)).Select(l => l.Body));
        Assert.Equal(["line 1", "line 2"], (await transcript.BeforeAsync("web:a", all[3].Id, 2)).Select(l => l.Body));
    }

    [Fact]
    public async Task Settings_are_set_once_by_whoever_is_first()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var settings = host.Get<SettingStore>();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => settings.GetOrAddAsync("token", $"value {i}"))));
        Assert.Single(answers.Distinct());
        Assert.Equal(answers[0], await settings.GetAsync("token"));
        await settings.SetAsync("token", "new");
        Assert.Equal("new", await settings.GetOrAddAsync("token", "other"));
        await settings.SetAsync("token", null);
        Assert.Null(await settings.GetAsync("token"));
    }

    [Fact]
    public async Task Writes_that_share_a_transaction_stand_and_fall_each_by_itself()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            try
            {
                await host.Database.WriteAsync(async db =>
                {
                    db.Settings.Add(new StoredSetting { Key = $"k{i}", Value = "" });
                    await db.SaveChangesAsync();
                    if (i % 3 == 0) throw new FormatException($"{i} fails");
                });
                return true;
            }
            catch (FormatException e)
            {
                Assert.Equal($"{i} fails", e.Message);
                return false;
            }
        })));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i % 3 != 0), results);
        Assert.Equal(66, await host.Database.ReadAsync(db => db.Settings.CountAsync()));
    }

    /// <summary>Goes on whatever it is told.</summary>
    private sealed class StubbornEngine : IDrawingEngine
    {
        public FakeEngine Inner { get; } = new() { IsGated = true };

        public Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel) => Inner.GenerateAsync(request, progress, CancellationToken.None);
    }
}

public sealed class PeopleOnSqlite : PeopleTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class PeopleOnPostgres(PostgresServer server) : PeopleTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
