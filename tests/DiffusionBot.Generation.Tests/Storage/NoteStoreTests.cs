using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Generation.Tests.Storage;

public abstract class NoteStoreTests : OnBoth
{
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Of_many_who_write_the_same_note_first_one_does()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var notes = host.Get<NoteStore>();
        var written = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => notes.AddAsync("k", $"v{n}", hour)));
        var first = Assert.Single(written, w => w.IsNew).Note;
        Assert.All(written, w => Assert.Equal((first.Value, first.Version), (w.Note.Value, w.Note.Version)));
        Assert.Equal(first.Value, (await notes.FindAsync("k"))!.Value);
    }

    [Fact]
    public async Task Of_many_who_count_on_a_note_none_is_lost()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var notes = host.Get<NoteStore>();
        await notes.AddAsync("k", "0", hour);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            while (true)
            {
                var found = (await notes.FindAsync("k"))!;
                if (await notes.ReplaceAsync("k", found.Version, $"{int.Parse(found.Value, null) + 1}", hour) is not null) return;
            }
        }));
        Assert.Equal("10", (await notes.FindAsync("k"))!.Value);
    }

    [Fact]
    public async Task What_is_set_stands_there_whatever_did_and_what_is_removed_does_not()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var notes = host.Get<NoteStore>();
        await notes.SetAsync("k", "old", hour);
        var old = (await notes.FindAsync("k"))!;
        await notes.SetAsync("k", "新 \u2603 \ud83c\udf4e", hour);
        Assert.Equal("新 \u2603 \ud83c\udf4e", (await notes.FindAsync("k"))!.Value);
        Assert.Null(await notes.ReplaceAsync("k", old.Version, "late", hour));
        await notes.RemoveAsync("k");
        Assert.Null(await notes.FindAsync("k"));
    }

    [Fact]
    public async Task A_note_whose_time_is_over_is_as_if_it_had_never_been()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var host = GenerationHost.Build(Data, new FakeEngine(), configure: services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        var notes = host.Get<NoteStore>();
        await notes.AddAsync("k", "a", TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("a", (await notes.FindAsync("k"))!.Value);
        Assert.False((await notes.AddAsync("k", "b", hour)).IsNew);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await notes.FindAsync("k"));
        Assert.True((await notes.AddAsync("k", "c", hour)).IsNew);
        Assert.Equal("c", (await notes.FindAsync("k"))!.Value);
    }
}

public sealed class NotesOnSqlite : NoteStoreTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class NotesOnPostgres(PostgresServer server) : NoteStoreTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
