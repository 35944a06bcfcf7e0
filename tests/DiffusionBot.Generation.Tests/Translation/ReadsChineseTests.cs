using System.Buffers.Binary;
using System.Text;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Generation.Translation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Tests.Translation;

public sealed class ReadsChineseTests : IDisposable
{
    private readonly string models = Directory.CreateTempSubdirectory("models").FullName;
    private readonly TranslationOptions options = new();
    private readonly PromptTranslator translator;

    public ReadsChineseTests()
    {
        Directory.CreateDirectory(Path.Combine(models, "checkpoints"));
        translator = new(Options.Create(options), new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>(),
            TimeProvider.System, NullLogger<PromptTranslator>.Instance);
    }

    public void Dispose() => Directory.Delete(models, recursive: true);

    [Fact]
    public void The_shipped_model_reads_Chinese() =>
        Assert.True(translator.ReadsChinese(Checkpoint(Path.Combine(TestData.Root, "models"), "emoji-3d")));

    [Theory]
    [InlineData("""{"languages":"en, zh"}""", true)]
    [InlineData("""{"languages":"zh-CN"}""", true)]
    [InlineData("""{"languages":"[\"en\",\"ZH\"]"}""", true)]
    [InlineData("""{"languages":"en"}""", false)]
    [InlineData("""{"languages":"zhuang"}""", false)]
    [InlineData("""{"format":"pt"}""", false)]
    public void Metadata_say_so(string metadata, bool expected)
    {
        Put("made-up", metadata);
        Assert.Equal(expected, translator.ReadsChinese(Checkpoint(models, "made-up")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_option_goes_before_the_metadata(bool reads)
    {
        Put("made-up", reads ? """{"languages":"en"}""" : """{"languages":"zh"}""");
        options.ReadsChinese["Made-Up"] = reads;
        Assert.Equal(reads, translator.ReadsChinese(Checkpoint(models, "made-up")));
    }

    [Fact]
    public void A_file_that_changed_is_asked_again()
    {
        Put("made-up", """{"languages":"en"}""");
        Assert.False(translator.ReadsChinese(Checkpoint(models, "made-up")));
        Put("made-up", """{"languages":"en, zh"}""");
        Assert.True(translator.ReadsChinese(Checkpoint(models, "made-up")));
    }

    [Fact]
    public void A_broken_file_reads_none()
    {
        File.WriteAllText(Path.Combine(models, "checkpoints", "broken.safetensors"), "no model");
        Assert.False(translator.ReadsChinese(Checkpoint(models, "broken")));
        File.WriteAllText(Path.Combine(models, "checkpoints", "old.ckpt"), "no model");
        Assert.False(translator.ReadsChinese(Checkpoint(models, "old")));
    }

    private static ModelFile Checkpoint(string folder, string name) =>
        new ModelIndex(new ModelIndexOptions { Folder = folder }, TimeProvider.System).Files(ModelKind.Checkpoint).Single(f => f.Name == name);

    private void Put(string name, string metadata)
    {
        var header = Encoding.UTF8.GetBytes($$"""{"__metadata__":{{metadata}}}""");
        var file = new byte[8 + header.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        File.WriteAllBytes(Path.Combine(models, "checkpoints", name + ".safetensors"), file);
    }
}
