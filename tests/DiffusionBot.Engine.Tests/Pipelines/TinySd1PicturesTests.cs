using System.Text.Json;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Pipelines;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>Whole pictures of the tiny checkpoint against WebUI's: latents, pixels and parameter texts.</summary>
[Collection(Drawing.Name)]
public sealed class TinySd1PicturesTests(TinyEngine tiny)
{
    private static readonly ReferenceTensors Expected = ReferenceTensors.Open("families/tiny-sd1/expected.safetensors");
    private static readonly JsonElement Pictures = TestData.Json("families/tiny-sd1/expected.json").GetProperty("pictures");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Without 3 and 4 (samplers that are not built) and 7 (AND).</summary>
    public static TheoryData<int> Drawn => [0, 1, 2, 5, 6, 8];

    [Theory]
    [MemberData(nameof(Drawn))]
    public async Task Pictures_and_texts_are_those_of_WebUI(int number)
    {
        var picture = Pictures[number];
        var result = await tiny.Engine.GenerateAsync(RequestOf(picture), cancel: Cancel);

        var files = picture.GetProperty("files").EnumerateArray().Select(f => f.GetString()!).ToList();
        Assert.Equal(files.Count, result.Images.Count);
        for (var i = 0; i < files.Count; i++)
        {
            var expected = PictureReader.Decode(await File.ReadAllBytesAsync(TestData.Reference($"families/tiny-sd1/{files[i]}"), Cancel)).Bitmap;
            var actual = result.Images[i].Pixels;
            Assert.Equal((expected.Width, expected.Height, expected.Channels), (actual.Width, actual.Height, actual.Channels));
            var psnr = PictureAssert.Psnr(expected.Pixels, actual.Pixels);
            Assert.True(psnr >= 45, $"{files[i]}: PSNR {psnr:F1} dB; expected 45 or more.");
            Assert.Equal(
                ReferencePicturesTests.Comparable(picture.GetProperty("infotexts")[i].GetString()!),
                ReferencePicturesTests.Comparable(result.Images[i].Infotext));
        }
    }

    [Theory]
    [MemberData(nameof(Drawn))]
    public async Task Latents_are_those_of_WebUI(int number)
    {
        var request = RequestOf(Pictures[number]);
        using var model = LoadedModel.Load(
            SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")), vae: null, EngineDevice.Cpu(0), Cancel);
        var plan = await DrawingPlan.MakeAsync(request, tiny.Engine.Models, () => 0, Cancel);
        var drawing = new TextToImage(model, plan, preview: null, progress: null, Cancel);

        var (prompt, negative) = drawing.Encode();
        // Where there are several batches the reference has the last one's.
        var latents = drawing.Sample(drawing.SeedsOf(request.BatchCount - 1), prompt, negative);
        TensorAssert.CloseInL2(Expected.Floats($"picture/{number}/latent"), latents, 1e-3, $"picture/{number}/latent");
    }

    private static ImageRequest RequestOf(JsonElement picture) => new()
    {
        Prompt = picture.GetProperty("prompt").GetString()!,
        NegativePrompt = picture.GetProperty("negative_prompt").GetString()!,
        Steps = picture.GetProperty("steps").GetInt32(),
        Sampler = picture.GetProperty("sampler").GetString()!,
        Schedule = picture.TryGetProperty("scheduler", out var scheduler) ? scheduler.GetString()! : "Automatic",
        CfgScale = picture.GetProperty("cfg_scale").GetDouble(),
        Seed = picture.GetProperty("seed").GetInt64(),
        Width = picture.GetProperty("width").GetInt32(),
        Height = picture.GetProperty("height").GetInt32(),
        ClipSkip = picture.GetProperty("clip_skip").GetInt32(),
        BatchSize = picture.TryGetProperty("batch_size", out var size) ? size.GetInt32() : 1,
        BatchCount = picture.TryGetProperty("n_iter", out var count) ? count.GetInt32() : 1,
    };
}
