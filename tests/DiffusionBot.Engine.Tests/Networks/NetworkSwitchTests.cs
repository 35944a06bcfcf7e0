using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Engine.Tests.Models;
using DiffusionBot.Engine.Tests.Pipelines;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>Networks go on and off one model, and it is bit by bit what a fresh one is.</summary>
[Collection(Drawing.Name)]
public sealed class NetworkSwitchTests(NetworkEngine networks) : IClassFixture<NetworkEngine>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(TestData.Reference("networks/lora")).Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_switch_is_a_fresh_load(string lora)
    {
        using var fresh = Load();
        var plain = Look(fresh);
        fresh.Apply(On(lora), Cancel);
        var with = Look(fresh);
        Assert.NotEqual(plain, with);

        using var model = Load();
        model.Apply(On("full", "locon"), Cancel);
        model.Apply(On(lora), Cancel);
        Assert.Equal(with, Look(model));
        model.Apply(NetworkSet.None, Cancel);
        Assert.Equal(plain, Look(model));
    }

    [Theory]
    [InlineData("F32", false)]
    [InlineData("BF16", false)]
    [InlineData("F32", true)]
    [InlineData("F16", true)]
    public void Whatever_the_checkpoint_is_kept_in_and_where_copies_are_taken(string type, bool copies)
    {
        var path = type == "F16" ? TestData.Reference("families/tiny-sd1/model.safetensors") : folder.Write("checkpoint.safetensors", TinyCheckpoint.Read().As(type).ToBytes());
        var device = EngineDevice.Cpu(1);
        if (copies) device = device with { Settings = device.Settings with { CopiesWeights = true } };
        using var fresh = LoadedModel.Load(TensorFile.Open(path), null, device, Cancel);
        fresh.Apply(On("lora-all", "norm", "full"), Cancel);
        var with = Look(fresh);

        using var model = LoadedModel.Load(TensorFile.Open(path), null, device, Cancel);
        var plain = Look(model);
        Assert.NotEqual(plain, with);
        model.Apply(On("boft") with { Hypernetworks = [Hypernetwork("hn-relu-ln")] }, Cancel);
        model.Apply(On("lora-all", "norm", "full"), Cancel);
        Assert.Equal(with, Look(model));
        model.Apply(NetworkSet.None, Cancel);
        Assert.Equal(plain, Look(model));
    }

    [Fact]
    public void Hypernetworks_go_on_and_off()
    {
        using var model = Load();
        var plain = Look(model);
        model.Apply(NetworkSet.None with { Hypernetworks = [Hypernetwork("hn-mish")] }, Cancel);
        var mish = Look(model);
        model.Apply(On("locon") with { Hypernetworks = [Hypernetwork("hn-linear"), Hypernetwork("hn-relu-ln")] }, Cancel);
        Assert.NotEqual(mish, Look(model));
        model.Apply(NetworkSet.None with { Hypernetworks = [Hypernetwork("hn-mish")] }, Cancel);
        Assert.Equal(mish, Look(model));
        model.Apply(NetworkSet.None, Cancel);
        Assert.Equal(plain, Look(model));
    }

    [Fact]
    public void One_that_fails_on_the_way_leaves_nothing_behind()
    {
        using var model = Load();
        var plain = Look(model);
        model.Apply(On("lora-all"), Cancel);
        var before = Look(model);
        // Sound by its header, but its alpha is no number: that shows when weights are being changed already.
        var broken = folder.Write("broken.safetensors", LoraFiles.Bytes(1, null, (LoraFiles.Query + ".lora_down.weight", [4, 32]), (LoraFiles.Query + ".lora_up.weight", [32, 4]), (LoraFiles.Query + ".alpha", [3])));
        Assert.Throws<InvalidCheckpointException>(() => model.Apply(On("full") with { Loras = [.. On("full", "norm").Loras, Use(broken)] }, Cancel));
        model.Apply(On("lora-all"), Cancel);
        Assert.Equal(before, Look(model));
        Assert.Throws<InvalidCheckpointException>(() => model.Apply(On("full") with { Loras = [.. On("full").Loras, Use(broken)] }, Cancel));
        model.Apply(NetworkSet.None, Cancel);
        Assert.Equal(plain, Look(model));
    }

    [Fact]
    public void One_that_is_cancelled_leaves_nothing_behind()
    {
        using var model = Load();
        var plain = Look(model);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => model.Apply(On("lora-all"), cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => model.Apply(NetworkSet.None with { Hypernetworks = [Hypernetwork("hn-mish")] }, cancelled.Token));
        model.Apply(NetworkSet.None, Cancel);
        Assert.Equal(plain, Look(model));
    }

    [Fact]
    public async Task Requests_in_a_row_do_not_leak_into_each_other()
    {
        var engine = networks.Engine;
        async Task<byte[]> Draw(string prompt) => (await engine.GenerateAsync(TinyEngine.Small with { Prompt = prompt }, cancel: Cancel)).Images[0].Pixels.Pixels.ToArray();
        var plain = await Draw("a red apple");
        var lora = await Draw("a red apple <lora:full:1>");
        var hypernetwork = await Draw("a red apple <hypernet:hn-mish:1>");
        Assert.Equal(plain, await Draw("a red apple"));
        Assert.Equal(lora, await Draw("a red apple <lora:full:1>"));
        Assert.Equal(hypernetwork, await Draw("a red apple <hypernet:hn-mish:1>"));
        Assert.NotEqual(plain, lora);
        Assert.NotEqual(plain, hypernetwork);
    }

    [Fact]
    public async Task Each_pass_of_each_batch_has_its_own()
    {
        var hires = new HiresFix { Scale = 1, Upscaler = "Latent", DenoisingStrength = 0.9, Prompt = "a red apple <hypernet:hn-mish:1>" };
        var request = TinyEngine.Small with { Prompt = "a red apple <lora:full:1>", Hires = hires, BatchCount = 2 };
        var both = await networks.Engine.GenerateAsync(request, cancel: Cancel);
        var second = await networks.Engine.GenerateAsync(request with { BatchCount = 1, Seed = request.Seed + 1 }, cancel: Cancel);
        Assert.Equal(second.Images[0].Pixels.Pixels.ToArray(), both.Images[1].Pixels.Pixels.ToArray());
        var same = await networks.Engine.GenerateAsync(request with { BatchCount = 1, Hires = hires with { Prompt = null } }, cancel: Cancel);
        Assert.NotEqual(same.Images[0].Pixels.Pixels.ToArray(), both.Images[0].Pixels.Pixels.ToArray());
    }

    public void Dispose() => folder.Dispose();

    private static LoadedModel Load() => LoadedModel.Load(SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")), null, EngineDevice.Cpu(1), Cancel);

    private static NetworkSet On(params string[] loras) => new([.. loras.Select(name => Use(TestData.Reference($"networks/lora/{name}.safetensors")))], []);

    private static LoraUse Use(string path) => new(Path.GetFileNameWithoutExtension(path), Stamp(path), 0.7f, 0.9f, null);

    private static HypernetworkUse Hypernetwork(string name) => new(name, Stamp(TestData.Reference($"networks/hypernetworks/{name}.pt")), 0.8f);

    private static FileStamp Stamp(string path) => new(path, File.GetLastWriteTimeUtc(path), new FileInfo(path).Length);

    /// <summary>Some words through the text encoder, and what the UNet says with them.</summary>
    private static float[] Look(LoadedModel model)
    {
        var clock = new NativeClock();
        var words = model.Text.Encode("a red apple", 1, EmphasisMode.Original, clock, Cancel);
        var shape = new LatentShape(1, 4, 8, 12);
        using var run = model.Predict(shape, Guides.Of(words, words), clock);
        var (x, cond) = (new float[shape.Elements], new float[shape.Elements]);
        for (var i = 0; i < x.Length; i++) x[i] = MathF.Sin(i);
        run.Predict(x, 500, cond, new float[shape.Elements], Cancel);
        return [.. words.Values, .. cond];
    }
}
