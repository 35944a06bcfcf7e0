using System.Text.Json;
using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Cli;

/// <summary>WebUI's pictures drawn from nothing but their parameter texts, as somebody pastes them, and the files that they began with.</summary>
public sealed class ReferenceTextsTests(Shell shell) : IClassFixture<Shell>
{
    private static readonly Dictionary<string, JsonElement> pictures =
        TestData.Json("pictures/pictures.json").EnumerateArray().ToDictionary(p => p.GetProperty("id").GetString()!, StringComparer.Ordinal);

    /// <summary>What a setting of WebUI decides that it writes into no text.</summary>
    private static readonly Dictionary<string, string[]> unwritten = new(StringComparer.Ordinal) { ["img2img-exact-steps"] = ["--exact-steps"] };

    /// <summary>Without the one whose colours are a matter of luck: see the engine's tests.</summary>
    public static TheoryData<string> Ids => [.. pictures.Keys.Except(["img2img-colour"])];

    [Theory]
    [InlineData("batch")]
    [InlineData("hires-lanczos")]
    [InlineData("inpaint-masked")]
    public Task Some_are_drawn_from_their_texts(string id) => DrawAsync(id);

    [Theory, Trait("Category", "Long")]
    [MemberData(nameof(Ids))]
    public Task All_are_drawn_from_their_texts(string id) => DrawAsync(id);

    private async Task DrawAsync(string id)
    {
        var picture = pictures[id];
        var args = picture.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()!).Select(arg => arg.StartsWith('@') ? TestData.Reference($"pictures/{arg[1..]}") : arg);
        var files = picture.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).ToArray();
        for (var i = 0; i < files.Length; i++)
        {
            var text = picture.GetProperty("infotexts")[i].GetString()!;
            var run = await shell.RunAsync(["draw", text, "-o", "drawn.png", .. args, .. unwritten.GetValueOrDefault(id, [])]);
            Assert.True(run.Code == 0, run.Error);
            Assert.Equal(ReferenceText.Comparable(text), ReferenceText.Comparable(run.Out));
            var expected = PictureReader.Decode(await File.ReadAllBytesAsync(TestData.Reference($"pictures/{files[i]}"), TestContext.Current.CancellationToken)).Bitmap;
            var drawn = PictureReader.Decode(await File.ReadAllBytesAsync(shell.At("drawn.png"), TestContext.Current.CancellationToken)).Bitmap;
            Assert.Equal((expected.Width, expected.Height), (drawn.Width, drawn.Height));
            var psnr = PictureAssert.Psnr(expected.Pixels, drawn.Pixels);
            Assert.True(psnr >= 50, $"{files[i]}: PSNR {psnr:F1} dB; expected 50 or more.\n{run.Error}");
        }
    }
}
