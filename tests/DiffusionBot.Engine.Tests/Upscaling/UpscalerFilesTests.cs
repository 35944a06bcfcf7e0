using System.Runtime.InteropServices;
using System.Text;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Engine.Tests.Pipelines;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Tests.Upscaling;

/// <summary>Files of models/upscalers: which there are, what they make, what is refused.</summary>
public sealed class UpscalerFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Bitmap Source => PictureReader.Decode(File.ReadAllBytes(TestData.Reference("upscale/source.png"))).Bitmap;

    public void Dispose() => folder.Dispose();

    private ImageEngine Engine() => new(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = folder.Path } });

    private void Copy(string reference, string to) => File.Copy(TestData.Reference(reference), folder.At(to));

    [Fact]
    public async Task A_file_enlarges_by_its_name_in_tiles_and_then_to_the_size_asked_for()
    {
        Copy("upscale/tiny-new.safetensors", "upscalers/RealESRGAN_x4plus.safetensors");
        using var engine = Engine();
        Assert.Equal(["None", "Lanczos", "Nearest", "RealESRGAN_x4plus"], engine.Upscalers);
        using var upscaler = NetworkUpscaler.Load(TensorFile.Open(folder.At("upscalers/RealESRGAN_x4plus.safetensors")), EngineDevice.Cpu(0), Cancel);
        var larger = upscaler.Enlarge(Source, 192, 8, clock: null, Cancel);
        Assert.Equal(larger.Pixels, (await engine.UpscaleAsync(Source, "R-ESRGAN 4x+", 4, Cancel)).Pixels);
        var twice = await engine.UpscaleAsync(Source, "realesrgan_x4plus.safetensors", 2, Cancel);
        Assert.Equal((192, 128), (twice.Width, twice.Height));
        Assert.Equal(Resampling.Resize(larger, 192, 128, ResampleFilter.Lanczos).Pixels, twice.Pixels);
        // Once is not enough for six times: the network is asked again.
        var six = await engine.UpscaleAsync(Channels.Crop(Source, 0, 0, 24, 16), "RealESRGAN_x4plus", 6, Cancel);
        Assert.Equal((144, 96), (six.Width, six.Height));
    }

    [Fact]
    public async Task A_second_pass_is_enlarged_by_a_file()
    {
        Copy("upscale/tiny-old.pth", "upscalers/4x-Tiny.pth");
        Copy("families/tiny-sd1/model.safetensors", "checkpoints/tiny-sd1.safetensors");
        using var engine = Engine();
        var result = await engine.GenerateAsync(TinyEngine.Small with { Hires = new HiresFix { Scale = 1.5, Upscaler = "4x-Tiny" } }, cancel: Cancel);
        Assert.Equal((96, 96), (result.Images[0].Pixels.Width, result.Images[0].Pixels.Height));
        Assert.Contains("Hires upscaler: 4x-Tiny", result.Images[0].Infotext, StringComparison.Ordinal);
        var lanczos = await engine.GenerateAsync(TinyEngine.Small with { Hires = new HiresFix { Scale = 1.5, Upscaler = "Lanczos" } }, cancel: Cancel);
        Assert.NotEqual(lanczos.Images[0].Pixels.Pixels, result.Images[0].Pixels.Pixels);
    }

    [Theory]
    [InlineData("4x-Nothing", 2, "No upscaler is called '4x-Nothing'")]
    [InlineData("Latent", 2, "No upscaler is called 'Latent'")]
    [InlineData("Lanczos", 9, "The factor to enlarge by is 9; expected 1 to 8.")]
    [InlineData("Lanczos", double.NaN, "The factor to enlarge by is NaN; expected 1 to 8.")]
    public async Task What_is_asked_for_wrongly_is_refused(string name, double factor, string reason)
    {
        using var engine = Engine();
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => engine.UpscaleAsync(Source, name, factor, Cancel));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_upscaler_is_refused_by_name()
    {
        Copy("families/tiny-sd1/model.safetensors", "upscalers/checkpoint.safetensors");
        Copy("torch-files/hostile/system-zip.pt", "upscalers/system.pt");
        Copy("torch-files/hostile/bomb.pt", "upscalers/bomb.pth");
        folder.Write("upscalers/wide.safetensors", Safetensors.WithTensors(
            ("conv_first.weight", [4096, 3, 3, 3]), ("conv_first.bias", [4096]), ("body.0.rdb1.conv1.weight", [2]), ("conv_last.bias", [3])));
        folder.Write("upscalers/greys.safetensors", Safetensors.WithTensors(("conv_first.weight", [8, 1, 3, 3]), ("conv_first.bias", [8]), ("body.0.rdb1.conv1.weight", [2]), ("conv_last.bias", [1])));
        folder.Write("upscalers/torn.safetensors", Safetensors.WithTensors(("conv_first.weight", [8, 3, 3, 3]), ("conv_first.bias", [8]), ("body.0.rdb1.conv1.weight", [2]), ("conv_last.bias", [3])));
        folder.Write("upscalers/even.safetensors", Safetensors.WithTensors(("body.0.weight", [8, 3, 3, 3]), ("body.0.bias", [8]), ("body.1.weight", [8])));
        using var engine = Engine();
        Assert.Equal(3 + 7, engine.Upscalers.Count);
        foreach (var name in engine.Upscalers.Skip(3))
        {
            var refused = await Assert.ThrowsAnyAsync<InvalidCheckpointException>(() => engine.UpscaleAsync(Source, name, 2, Cancel));
            Assert.StartsWith(folder.At($"upscalers/{name}."), refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_picture_that_would_grow_without_measure_is_refused()
    {
        Copy("upscale/tiny-new.safetensors", "upscalers/tiny.safetensors");
        using var engine = Engine();
        var large = new Bitmap(4000, 2000, 3, new byte[4000 * 2000 * 3]);
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => engine.UpscaleAsync(large, "tiny", 1.5, Cancel));
        Assert.Contains("16000x8000", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A network that only passes on: what comes out is one pixel of each square that was made channels, and so says where it went. In the third way of naming.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Squares_of_pixels_become_channels_as_in_torch(int dy, int dx)
    {
        var tensors = new List<(string, long[], float[])>();
        void Conv(string name, int made, int into, Func<int, int> from, bool passes = true)
        {
            var weight = new float[made * into * 9];
            for (var o = 0; passes && o < made; o++) weight[(((o * into) + from(o)) * 9) + 4] = 1;
            tensors.Add(($"params_ema.{name}.weight", [made, into, 3, 3], weight));
            tensors.Add(($"params_ema.{name}.bias", [made], new float[made]));
        }
        Conv("conv_first", 12, 12, o => o);
        for (var b = 1; b <= 3; b++)
        {
            for (var i = 1; i <= 5; i++) Conv($"RRDB_trunk.0.RDB{b}.conv{i}", i < 5 ? 4 : 12, 12 + (4 * (i - 1)), o => o, passes: false);
        }
        Conv("trunk_conv", 12, 12, o => o, passes: false);
        Conv("upconv1", 12, 12, o => o);
        Conv("upconv2", 12, 12, o => o);
        Conv("HRconv", 12, 12, o => o);
        Conv("conv_last", 3, 12, o => (o * 4) + (dy * 2) + dx);
        var path = folder.Write("upscalers/x2.safetensors", FloatFile(tensors));
        using var upscaler = NetworkUpscaler.Load(TensorFile.Open(path), EngineDevice.Cpu(0), Cancel);
        Assert.Equal(2, upscaler.Scale);
        var source = Channels.Crop(Source, 0, 0, 10, 7);   // an odd edge
        var larger = upscaler.Enlarge(source, 0, 0, clock: null, Cancel);
        Assert.Equal((20, 14), (larger.Width, larger.Height));
        for (var y = 0; y < 12; y++)
        {
            for (var x = 0; x < 20; x++)
            {
                for (var c = 0; c < 3; c++) Assert.Equal(source.Pixels[(((y / 4 * 2 + dy) * 10) + (x / 4 * 2) + dx) * 3 + c], larger.Pixels[(((y * 20) + x) * 3) + c]);
            }
        }
    }

    [Fact]
    public void A_compact_network_adds_to_the_picture_with_its_pixels_repeated()
    {
        var last = new float[27 * 8 * 9];
        var bias = new float[27];
        bias[5] = 0.5f;   // of blue, which comes first: the second row's last
        var path = folder.Write("upscalers/x3.safetensors", FloatFile(
        [
            ("body.0.weight", [8, 3, 3, 3], new float[8 * 27]), ("body.0.bias", [8], new float[8]), ("body.1.weight", [8], new float[8]), ("body.2.weight", [27, 8, 3, 3], last), ("body.2.bias", [27], bias),
        ]));
        using var upscaler = NetworkUpscaler.Load(TensorFile.Open(path), EngineDevice.Cpu(0), Cancel);
        var source = Channels.Crop(Source, 0, 0, 5, 4);
        var larger = upscaler.Enlarge(source, 0, 0, clock: null, Cancel);
        Assert.Equal((15, 12), (larger.Width, larger.Height));
        for (var i = 0; i < 15 * 12; i++)
        {
            var (x, y) = (i % 15, i / 15);
            for (var c = 0; c < 3; c++)
            {
                var same = source.Pixels[(((y / 3 * 5) + (x / 3)) * 3) + c];
                var expected = c == 2 && y % 3 == 1 && x % 3 == 2 ? (int)MathF.Round(255 * Math.Min(1, (same / 255f) + 0.5f)) : same;
                Assert.Equal(expected, larger.Pixels[(i * 3) + c]);
            }
        }
    }

    private static byte[] FloatFile(List<(string Name, long[] Shape, float[] Values)> tensors)
    {
        var (entries, data) = (new List<string>(), new List<byte>());
        foreach (var (name, shape, values) in tensors)
        {
            var begin = data.Count;
            data.AddRange(MemoryMarshal.AsBytes(values.AsSpan()));
            entries.Add($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{begin},{data.Count}]}}");
        }
        return Safetensors.File(Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}"), [.. data]);
    }
}
