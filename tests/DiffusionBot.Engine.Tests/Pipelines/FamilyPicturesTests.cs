using System.Text.Json;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Pipelines;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>A tiny checkpoint of each family but SD 1.x, as somebody has it in the models folder.</summary>
public sealed class FamilyEngine : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FamilyEngine()
    {
        foreach (var name in (string[])["tiny-sd2-v", "tiny-sdxl"])
        {
            File.Copy(TestData.Reference($"families/{name}/model.safetensors"), folder.At($"checkpoints/{name}.safetensors"));
            File.Copy(TestData.Reference($"families/{name}/model.yaml"), folder.At($"checkpoints/{name}.yaml"));
        }
        Engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = folder.Path } });
    }

    public ImageEngine Engine { get; }

    public void Dispose()
    {
        Engine.Dispose();
        folder.Dispose();
    }
}

/// <summary>Whole pictures of each family against WebUI's: latents, pixels and parameter texts.</summary>
[Collection(Drawing.Name)]
public sealed class FamilyPicturesTests(FamilyEngine families) : IClassFixture<FamilyEngine>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Pictures => [.. ((string[])["tiny-sd2-v", "tiny-sdxl"]).SelectMany(name => Enumerable.Range(0, Of(name).GetArrayLength()).Select(i => (name, i)))];

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task Pictures_and_texts_are_those_of_WebUI(string name, int number)
    {
        var picture = Of(name)[number];
        var result = await families.Engine.GenerateAsync(RequestOf(name, number), cancel: Cancel);
        var files = picture.GetProperty("files").EnumerateArray().Select(f => f.GetString()!).ToList();
        Assert.Equal(files.Count, result.Images.Count);
        for (var i = 0; i < files.Count; i++)
        {
            var expected = PictureReader.Decode(await File.ReadAllBytesAsync(TestData.Reference($"families/{name}/{files[i]}"), Cancel)).Bitmap;
            var actual = result.Images[i].Pixels;
            Assert.Equal((expected.Width, expected.Height, expected.Channels), (actual.Width, actual.Height, actual.Channels));
            var psnr = PictureAssert.Psnr(expected.Pixels, actual.Pixels);
            Assert.True(psnr >= 45, $"{name}/{files[i]}: PSNR {psnr:F1} dB; expected 45 or more.");
            Assert.Equal(
                ReferenceText.Comparable(picture.GetProperty("infotexts")[i].GetString()!),
                ReferenceText.Comparable(result.Images[i].Infotext));
        }
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task Latents_are_those_of_WebUI(string name, int number)
    {
        var request = RequestOf(name, number);
        var plan = await DrawingPlan.MakeAsync(request, families.Engine.Models, () => 0, Cancel);
        using var model = LoadedModel.Load(plan.Checkpoint.Open(), vae: null, EngineDevice.Cpu(0), Cancel);
        var drawing = new TextToImage(model, plan, preview: null!, progress: null, Cancel);
        // Where there are several batches the reference has the last one's.
        var latents = drawing.Sample(request.BatchCount - 1, drawing.Encode());
        TensorAssert.CloseInL2(ReferenceTensors.Open($"families/{name}/expected.safetensors").Floats($"picture/{number}/latent"), latents, 1e-3, $"{name}: picture/{number}/latent");
    }

    [Theory]
    [InlineData("tiny-sdxl", true)]
    [InlineData("tiny-sd2-v", false)]
    public async Task Align_Your_Steps_has_numbers_of_its_own_for_sdxl(string name, bool isSdxl)
    {
        var plan = await DrawingPlan.MakeAsync(RequestOf(name, 0) with { Sampler = "Euler", Schedule = "Align Your Steps" }, families.Engine.Models, () => 0, Cancel);
        using var model = LoadedModel.Load(plan.Checkpoint.Open(), vae: null, EngineDevice.Cpu(0), Cancel);
        var drawing = new TextToImage(model, plan, preview: null!, progress: null, Cancel);
        var guides = drawing.Encode();
        var shape = new LatentShape(1, 4, plan.LatentHeight, plan.LatentWidth);
        using var unet = model.Predict(shape, guides, new NativeClock());
        var sampler = new LatentSampler(NoiseSchedule.StableDiffusion, model.Prediction, (x, timestep, cond, uncond) => unet.Predict(x, timestep, cond, uncond, Cancel)) { IsSdxl = isSdxl };
        var expected = sampler.FromNoise(plan.Sampler, 8, 7, new ImageNoise(NoiseSource.Gpu, [10], shape.Height, shape.Width, 0), done: null, Cancel);
        TensorAssert.CloseInL2(expected, drawing.Sample(0, guides), 1e-5, name);
    }

    private static JsonElement Of(string name) => TestData.Json($"families/{name}/expected.json").GetProperty("pictures");

    private static ImageRequest RequestOf(string name, int number) => TinySd1PicturesTests.RequestOf(Of(name)[number]) with { Checkpoint = name };
}
