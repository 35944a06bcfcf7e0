using DiffusionBot.Generation.Storage.Files;
using DiffusionBot.Generation.Tests.Support;

namespace DiffusionBot.Generation.Tests.Storage;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".hidden")]
    [InlineData("a/.b")]
    [InlineData("a.")]
    [InlineData("a\\b")]
    [InlineData("C:a")]
    [InlineData("a b")]
    [InlineData("图")]
    [InlineData("a\0b")]
    public async Task A_name_that_may_lead_elsewhere_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => FileNames.Checked(name));
        using var data = new DataPlace();
        await using var host = GenerationHost.Build(data, new FakeEngine());
        var files = new FolderFileStore(host.Database);
        await Assert.ThrowsAsync<ArgumentException>(() => files.WriteAsync(name, new byte[1]));
        await Assert.ThrowsAsync<ArgumentException>(() => files.ReadAsync(name));
        await Assert.ThrowsAsync<ArgumentException>(() => files.DeleteAsync(name));
    }

    [Fact]
    public async Task A_file_is_replaced_whole_and_its_empty_day_goes_with_it()
    {
        using var data = new DataPlace();
        await using var host = GenerationHost.Build(data, new FakeEngine());
        var files = new FolderFileStore(host.Database);
        await files.WriteAsync("pictures/2026-01-02/a-0.png", new byte[] { 1, 2, 3 });
        await files.WriteAsync("pictures/2026-01-02/a-0.png", new byte[] { 4 });
        Assert.Equal([4], await files.ReadAsync("pictures/2026-01-02/a-0.png"));
        await files.DeleteAsync("pictures/2026-01-02/a-0.png");
        await files.DeleteAsync("pictures/2026-01-02/a-0.png");
        Assert.Null(await files.ReadAsync("pictures/2026-01-02/a-0.png"));
        Assert.False(Directory.Exists(Path.Combine(data.Folder, "pictures", "2026-01-02")));
    }
}
