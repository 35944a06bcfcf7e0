using System.Text.Json;

namespace DiffusionBot.Tests.Cli;

/// <summary><c>info</c> on pictures that WebUI and others wrote.</summary>
public sealed class InfoTests(Shell shell) : IClassFixture<Shell>
{
    public static TheoryData<string> Pictures => [.. Texts().Select(t => t.File)];

    private static IEnumerable<(string File, string Text)> Texts() =>
        TestData.Json("imaging/imaging.json").EnumerateArray().Select(t => (t.GetProperty("file").GetString()!, t.GetProperty("text").GetString()!));

    [Theory, MemberData(nameof(Pictures))]
    public async Task Prints_the_text_of_every_kind_of_picture(string file)
    {
        var run = await shell.RunAsync("info", TestData.Reference($"imaging/{file}"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(Texts().Single(t => t.File == file).Text + Environment.NewLine, run.Out);
    }

    [Fact]
    public async Task Several_pictures_are_told_apart_and_one_without_text_does_not_hide_the_others()
    {
        var (with, without) = (TestData.Reference("imaging/text.png"), TestData.Reference("pictures/mask.png"));
        var run = await shell.RunAsync("info", without, with, "--lang", "en");
        Assert.Equal((1, $"{without}: there is no parameter text in this picture.{Environment.NewLine}"), (run.Code, run.Error));
        Assert.StartsWith($"{with}:{Environment.NewLine}", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("appsettings.json", "appsettings.json: Neither PNG, JPEG, WebP, GIF nor BMP")]
    [InlineData("missing.png", "missing.png: there is no such file.")]
    [InlineData(".", ".: there is no such file.")]
    public async Task What_is_no_picture_is_refused_by_name(string file, string expected)
    {
        var run = await shell.RunAsync("info", file);
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_lists_the_shipped_one_with_hash_and_family()
    {
        var table = await shell.RunAsync("models", "--lang", "en");
        Assert.Equal((0, ""), (table.Code, table.Error));
        Assert.Matches("checkpoint .*emoji-3d .*4a44d18e42 .*SD 1.x .*63 MB", table.Out);

        var json = await shell.RunAsync("models", "--json");
        var model = Assert.Single(JsonDocument.Parse(json.Out).RootElement.EnumerateArray(), m => m.GetProperty("name").GetString() == "emoji-3d");
        Assert.Equal(("checkpoint", "4a44d18e42", "SD 1.x"), (model.GetProperty("kind").GetString(), model.GetProperty("hash").GetString(), model.GetProperty("family").GetString()));
    }

    [Fact]
    public async Task Models_says_what_is_wrong_with_a_file()
    {
        Directory.CreateDirectory(shell.At("mine/checkpoints"));
        File.WriteAllBytes(shell.At("mine/checkpoints/empty.safetensors"), []);
        File.WriteAllBytes(shell.At("mine/checkpoints/[red]odd.safetensors"), new byte[9]);
        var run = await shell.RunAsync("models", "--models", "mine", "--lang", "zh");
        Assert.Equal(0, run.Code);
        Assert.Contains("问题", run.Out, StringComparison.Ordinal);
        Assert.Contains("empty.safetensors: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("[red]odd", run.Out, StringComparison.Ordinal);
    }
}
