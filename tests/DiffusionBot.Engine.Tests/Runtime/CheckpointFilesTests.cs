using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Engine.Tests.Models;
using DiffusionBot.Engine.Tests.Pipelines;

namespace DiffusionBot.Engine.Tests.Runtime;

/// <summary>Checkpoints as people have them: in other types, behind links, coming, changing and going while the engine runs.</summary>
[Collection(Drawing.Name)]
public sealed class CheckpointFilesTests(TinyEngine tiny) : IDisposable
{
    private static readonly ImageRequest Small = TinyEngine.Small;

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Floats_are_drawn_with_straight_from_the_file()
    {
        folder.Write("checkpoints/floats.safetensors", TinyCheckpoint.Read().As("F32").ToBytes());
        // F32 holds what F16 held: only who reads it differs.
        Assert.InRange(Psnr(await PictureOf(tiny.Engine, Small), await PictureAlone()), 45, double.PositiveInfinity);
    }

    [Fact]
    public async Task Brain_floats_are_drawn_as_the_floats_that_they_are()
    {
        folder.Write("checkpoints/model.safetensors", TinyCheckpoint.Read().As("BF16").ToBytes());
        var brain = await PictureAlone();
        folder.Write("checkpoints/model.safetensors", TinyCheckpoint.Read().As("F32", roundToBf16: true).ToBytes());
        Assert.InRange(Psnr(await PictureAlone(), brain), 45, double.PositiveInfinity);
        Assert.InRange(Psnr(await PictureOf(tiny.Engine, Small), brain), 15, 45);   // three bits are lost, and it shows
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("F32")]
    public async Task A_checkpoint_may_lie_behind_a_link_and_have_any_name(string type)
    {
        var target = folder.At("elsewhere/模型 №1 %20.safetensors");
        await File.WriteAllBytesAsync(target, type == "F32" ? TinyCheckpoint.Read().As(type).ToBytes() : TinyCheckpoint.Read().ToBytes(), Cancel);
        File.CreateSymbolicLink(folder.At("checkpoints/link to it.safetensors"), target);
        Directory.CreateSymbolicLink(folder.At("checkpoints/linked"), Path.GetDirectoryName(target)!);
        using var engine = EngineOf(folder);
        var expected = await PictureOf(tiny.Engine, Small);
        foreach (var name in (string[])["link to it", "模型 №1 %20"])
            Assert.InRange(Psnr(expected, await PictureOf(engine, Small with { Checkpoint = name })), 45, double.PositiveInfinity);
    }

    [Fact]
    public async Task Checkpoints_come_change_and_go_while_the_engine_runs()
    {
        using var engine = EngineOf(folder);
        Assert.Contains("There is no checkpoint", (await Refused(engine, Small)).Message, StringComparison.Ordinal);

        var path = folder.Write("checkpoints/model.safetensors", TinyCheckpoint.Read().ToBytes());
        var first = await PictureOf(engine, Small);
        Assert.Equal(await PictureOf(tiny.Engine, Small), first);

        await File.WriteAllBytesAsync(path, TinyCheckpoint.Read().Scaled(0.9f).ToBytes(), Cancel);
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(1));   // coarse clocks
        Assert.InRange(Psnr(first, await PictureOf(engine, Small)), 0, 40);

        File.Delete(path);
        Assert.Contains("There is no checkpoint", (await Refused(engine, Small)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("F32")]
    public async Task A_checkpoint_that_was_cut_off_is_refused_and_the_next_request_drawn(string type)
    {
        var whole = type == "F32" ? TinyCheckpoint.Read().As(type).ToBytes() : TinyCheckpoint.Read().ToBytes();
        var path = folder.Write("checkpoints/model.safetensors", whole);
        using var engine = EngineOf(folder);
        var first = await PictureOf(engine, Small);

        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)], Cancel);
        var refused = await Assert.ThrowsAnyAsync<EngineException>(() => engine.GenerateAsync(Small with { Checkpoint = "model" }, cancel: Cancel));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("The download may be incomplete.", refused.Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(path, whole, Cancel);
        Assert.Equal(first, await PictureOf(engine, Small));
    }

    /// <summary>The moment between the header's check and the reading of weights.</summary>
    [Theory]
    [InlineData("F16")]
    [InlineData("F32")]
    public void A_file_that_shrinks_while_it_is_loaded_is_an_error_that_names_it(string type)
    {
        var path = folder.Write("model.safetensors", type == "F32" ? TinyCheckpoint.Read().As(type).ToBytes() : TinyCheckpoint.Read().ToBytes());
        var file = SafetensorsFile.Open(path);
        var unet = Unet.Build(file.Weights.At(Unet.Prefix), _ => 8, EngineDevice.Cpu(1).Target);
        using (var stream = File.OpenWrite(path)) stream.SetLength(stream.Length / 8);
        var error = Assert.Throws<InvalidCheckpointException>(() => OrtSession.Create(unet, new SessionSettings { Threads = 1 }));
        Assert.StartsWith($"{path}: the file ends at byte {new FileInfo(path).Length};", error.Message, StringComparison.Ordinal);

        File.Delete(path);
        error = Assert.Throws<InvalidCheckpointException>(() => OrtSession.Create(unet, new SessionSettings { Threads = 1 }));
        Assert.Equal($"{path}: there is no such file.", error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_bytes_of_a_model_are_those_of_its_weights(bool half)
    {
        var type = half ? ElementType.Half : ElementType.Float;
        var file = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));
        var graph = ClipText.Build(file.Weights.At("cond_stage_model.transformer.text_model"), GraphTarget.Plain with { Type = type });
        using var session = OrtSession.Create(graph, new SessionSettings { Threads = 1 });
        Assert.Equal(graph.Weights.Sum(w => w.Tensor.Elements) * (type == ElementType.Half ? 2 : 4), session.WeightBytes);
    }

    /// <summary>On arrays, which may be awaited.</summary>
    private static double Psnr(byte[] expected, byte[] actual) => PictureAssert.Psnr(expected, actual);

    private async Task<byte[]> PictureAlone()
    {
        using var engine = EngineOf(folder);
        return await PictureOf(engine, Small);
    }

    private static ImageEngine EngineOf(TemporaryFolder models) => new(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = models.Path } });

    private static async Task<byte[]> PictureOf(ImageEngine engine, ImageRequest request) => (await engine.GenerateAsync(request, cancel: Cancel)).Images[0].Pixels.Pixels;

    private static Task<InvalidRequestException> Refused(ImageEngine engine, ImageRequest request) =>
        Assert.ThrowsAsync<InvalidRequestException>(() => engine.GenerateAsync(request, cancel: Cancel));
}
