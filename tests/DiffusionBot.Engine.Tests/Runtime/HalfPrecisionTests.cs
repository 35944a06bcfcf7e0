using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Tests.Runtime;

/// <summary>
/// The half-precision graphs of graphics cards, run on the CPU: ONNX Runtime puts casts around what has no half kernel here. Only CUDA's
/// group norm is left out, which the CPU does not have.
/// </summary>
public sealed class HalfPrecisionTests
{
    private static readonly EngineDevice Half = new("half on the cpu", GraphTarget.Cuda with { FusedGroupNorm = false }, new SessionSettings { CopiesWeights = true });

    private static LoadedModel Load(EngineDevice device, string family) =>
        LoadedModel.Load(SafetensorsFile.Open(TestData.Reference($"families/{family}/model.safetensors")), null, device, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("tiny-sd1")]
    [InlineData("tiny-sd1-inpaint")]
    [InlineData("tiny-sd2-v")]
    [InlineData("tiny-sdxl")]
    public void Networks_in_half_precision_stay_close_to_float(string family)
    {
        using var half = Load(Half, family);
        using var wide = Load(EngineDevice.Cpu(threads: 0), family);
        var clock = new NativeClock();

        var words = wide.Text.Encode("a red apple", 1, EmphasisMode.Original, clock, default);
        var halfWords = half.Text.Encode("a red apple", 1, EmphasisMode.Original, clock, default);
        TensorAssert.CloseInL2(words.Values, halfWords.Values, 1e-2, "text");
        TensorAssert.CloseInL2(words.Vector, halfWords.Vector, 1e-2, "whole text");

        var shape = new LatentShape(1, 4, 9, 13);
        var expected = ReferenceTensors.Open($"families/{family}/expected.safetensors");
        var (cond, uncond) = (new float[shape.Each], new float[shape.Each]);
        var context = new Engine.Prompts.Conditioning(expected.Floats("unet/context"), 77, expected.Shape("unet/context")[^1]) { Vector = expected.Has("unet/y") ? expected.Floats("unet/y") : null };
        var x = expected.Floats("unet/odd/x");
        using var run = half.Predict(shape, Guides.Of(context, context), clock, x.Length > shape.Each ? new InpaintingChannels(x[shape.Each..]) : null);
        run.Predict(x.AsSpan(0, shape.Each), expected.Floats("unet/odd/t")[0], cond, uncond, default);
        TensorAssert.CloseInL2(expected.Floats("unet/odd/out"), cond, 1e-2, "prompt");
        TensorAssert.CloseInL2(expected.Floats("unet/odd/out"), uncond, 1e-2, "negative prompt");

        var decoded = half.Decoder.DecodeToFloats(expected.Floats("vae/latent_scaled"), 1, 8, 12, clock, default);
        TensorAssert.CloseInL2(expected.Floats("vae/decoded"), decoded, 1e-2, "autoencoder");
        Assert.True(half.Decoder.IsHalf);
    }

    [Fact]
    public void A_decoder_that_returns_no_numbers_is_built_again_in_float_once()
    {
        // Where casts surround every operator nothing overflows, so a damaged file stands for the overflow.
        var sound = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));
        var copy = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.Copy(sound.Path, copy);
        try
        {
            using (var file = File.OpenWrite(copy))
            {
                file.Seek(sound.Tensors["first_stage_model.decoder.conv_in.bias"].Offset, SeekOrigin.Begin);
                file.Write(BitConverter.GetBytes(float.NaN));
            }
            var built = 0;
            using var decoder = new LatentDecoder(Decoder(SafetensorsFile.Open(copy)), () => { built++; return Decoder(sound); }, 4, 0.18215f);
            var expected = ReferenceTensors.Open("families/tiny-sd1/expected.safetensors");

            for (var i = 0; i < 2; i++)
                TensorAssert.CloseInL2(expected.Floats("vae/decoded"), decoder.DecodeToFloats(expected.Floats("vae/latent_scaled"), 1, 8, 12, null, default), 1e-4, "autoencoder");
            Assert.Equal(1, built);
            Assert.False(decoder.IsHalf);
        }
        finally
        {
            File.Delete(copy);
        }

        static OrtSession Decoder(SafetensorsFile file) =>
            OrtSession.Create(Engine.Models.Vae.BuildDecoder(VaeFile.WeightsOf(file), GraphTarget.Plain), new SessionSettings());
    }
}
