using System.Security.Cryptography;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class ModelHashesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_known_models_have_their_known_hashes()
    {
        var hashes = new ModelHashes();
        Assert.StartsWith("4a44d18e42", await hashes.Sha256Async(TestData.Model("checkpoints/emoji-3d.safetensors"), Cancel), StringComparison.Ordinal);
        Assert.StartsWith("5bf6b3bb0c", await hashes.Sha256Async(TestData.Reference("families/tiny-sd1/model.safetensors"), Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x100000 + 0x10000 + 5)]
    [InlineData(0x100000 + 100)]
    [InlineData(0x100000)]
    [InlineData(10)]
    public void The_old_hash_is_of_what_is_there_of_its_window(int size)
    {
        var bytes = Bytes(size);
        var window = bytes.Skip(0x100000).Take(0x10000).ToArray();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(window))[..8], ModelHashes.Old(folder.Write("m", bytes)));
    }

    [Fact]
    public async Task A_hash_outlives_the_process_and_no_change_of_the_file()
    {
        var model = folder.Write("m.safetensors", Bytes(3_000_000));
        var cache = folder.At("cache/x");
        var hash = await new ModelHashes(cache).Sha256Async(model, Cancel);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Bytes(3_000_000))), hash);
        Assert.Equal(hash, new ModelHashes(cache).Known(model));
        Assert.Equal(["model-hashes.json"], Directory.GetFiles(cache).Select(Path.GetFileName));

        File.SetLastWriteTimeUtc(model, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Null(new ModelHashes(cache).Known(model));
        await new ModelHashes(cache).Sha256Async(model, Cancel);
        var modified = File.GetLastWriteTimeUtc(model);
        folder.Write("m.safetensors", Bytes(10));
        File.SetLastWriteTimeUtc(model, modified);
        Assert.Null(new ModelHashes(cache).Known(model));
        Assert.NotEqual(hash, await new ModelHashes(cache).Sha256Async(model, Cancel));
    }

    [Fact]
    public async Task Processes_that_share_a_cache_add_to_it()
    {
        var (a, b) = (folder.Write("a", Bytes(10)), folder.Write("b", Bytes(20)));
        var (first, second) = (new ModelHashes(folder.Path), new ModelHashes(folder.Path));
        Assert.Null(second.Known(a));
        var hash = await first.Sha256Async(a, Cancel);
        await second.Sha256Async(b, Cancel);
        var third = new ModelHashes(folder.Path);
        Assert.Equal(hash, third.Known(a));
        Assert.NotNull(third.Known(b));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("""{"MODEL":{"Modified":0,"Size":10,"Sha256":null}}""")]
    [InlineData("""{"MODEL":null}""")]
    [InlineData("""{"MODEL":{"Modified":MODIFIED,"Size":10,"Sha256":"../../../../../../../../../../../../../../../../../../etc/passwd1234567"}}""")]
    public async Task A_corrupt_cache_is_ignored_and_written_anew(string content)
    {
        var model = folder.Write("m.safetensors", Bytes(10));
        var cache = folder.At("cache/model-hashes.json");
        await File.WriteAllTextAsync(cache, content.Replace("MODEL", model, StringComparison.Ordinal)
            .Replace("MODIFIED", $"{File.GetLastWriteTimeUtc(model).Ticks}", StringComparison.Ordinal), Cancel);
        var hashes = new ModelHashes(Path.GetDirectoryName(cache));
        Assert.Null(hashes.Known(model));
        var hash = await hashes.Sha256Async(model, Cancel);
        Assert.Equal(hash, new ModelHashes(Path.GetDirectoryName(cache)).Known(model));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_done_without()
    {
        var model = folder.Write("m.safetensors", Bytes(10));
        var hashes = new ModelHashes(folder.Write("a-file-not-a-folder", [1]));
        Assert.Equal(64, (await hashes.Sha256Async(model, Cancel)).Length);
        Assert.NotNull(hashes.Known(model));
    }

    [Fact]
    public async Task Many_who_ask_at_once_get_one_answer()
    {
        var model = folder.Write("m.safetensors", Bytes(5_000_000));
        var hashes = new ModelHashes(folder.At("cache/x"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => hashes.Sha256Async(model, Cancel)));
        Assert.Single(answers.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_gives_up_does_not_spoil_it_for_others()
    {
        var model = folder.Write("m.safetensors", Bytes(5_000_000));
        var hashes = new ModelHashes();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hashes.Sha256Async(model, new CancellationToken(canceled: true)));
        Assert.Equal(64, (await hashes.Sha256Async(model, Cancel)).Length);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_an_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => new ModelHashes().Sha256Async(folder.At("none"), Cancel));
        Assert.Equal($"{folder.At("none")}: there is no such file.", error.Message);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
