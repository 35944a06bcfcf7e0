using DiffusionBot.Generation.Labels;
using DiffusionBot.Imaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Tests.Labels;

public sealed class PictureLabelsTests
{
    private const string Parameters = "红苹果\nNegative prompt: blurry\nSteps: 20, Seed: 7";

    private static readonly byte[] original = PictureWriter.Png(Grey(256, 256), Parameters);

    [Fact]
    public void Nothing_is_marked_unless_asked()
    {
        Assert.Same(original, Labels().For(original, "web", "p1"));
        Assert.Same(original, Labels(("Places:wechat:Visible", "true"), ("Places:wechat:Xmp", "true")).For(original, "web", "p1"));
    }

    [Fact]
    public void A_visible_mark_leaves_the_text_and_the_original_alone()
    {
        var before = original.ToArray();
        var copy = PictureReader.Decode(Labels(("Default:Visible", "true")).For(original, "web", "p1"));
        Assert.Equal(before, original);
        Assert.Equal(Parameters, copy.Text.Parameters);
        Assert.Equal(VisibleMark.Draw(Grey(256, 256), "AI生成").Pixels, copy.Bitmap.Pixels);
        Assert.NotEqual(Grey(256, 256).Pixels, copy.Bitmap.Pixels);
        Assert.Null(PictureXmp.Read(Labels(("Default:Visible", "true")).For(original, "web", "p1")));
    }

    [Fact]
    public void The_field_names_producer_and_picture_and_leaves_pixels_alone()
    {
        var copy = Labels(("Default:Xmp", "true"), ("Default:Producer", "某某画室 <1>")).For(original, "web", "p1");
        Assert.Equal(
            new AigcLabel { Label = "1", ContentProducer = "某某画室 <1>", ProduceId = "p1", ContentPropagator = "某某画室 <1>", PropagateId = "p1" },
            AigcLabel.FromXmp(PictureXmp.Read(copy)!));
        Assert.Equal(Grey(256, 256).Pixels, PictureReader.Decode(copy).Bitmap.Pixels);
        Assert.Equal(Parameters, PictureText.Read(copy).Parameters);
    }

    [Fact]
    public void A_place_overrides_what_it_names()
    {
        var labels = Labels(
            ("Default:Visible", "true"), ("Default:Corner", "TopLeft"), ("Default:Size", "0.1"),
            ("Places:WeChat:Text", "人工智能生成"), ("Places:WeChat:Corner", "BottomLeft"), ("Places:discord:Visible", "false"));
        Assert.Equal(VisibleMark.Draw(Grey(256, 256), "AI生成", MarkCorner.TopLeft, 0.1).Pixels, Pixels("web"));
        Assert.Equal(VisibleMark.Draw(Grey(256, 256), "人工智能生成", MarkCorner.BottomLeft, 0.1).Pixels, Pixels("wechat"));
        Assert.Same(original, labels.For(original, "discord", "p1"));

        byte[] Pixels(string place) => PictureReader.Decode(labels.For(original, place, "p1")).Bitmap.Pixels;
    }

    [Theory]
    [InlineData("Default:Size", "0.04", "Labels:Default:Size")]
    [InlineData("Places:wechat:Size", "0.3", "Labels:Places:wechat:Size")]
    [InlineData("Places:wechat:Text", " ", "Labels:Places:wechat:Text")]
    [InlineData("Default:Corner", "7", "Labels:Default:Corner")]
    [InlineData("Default:Producer", "a\nb", "Labels:Default:Producer")]
    public void Nonsense_is_refused_with_its_key(string key, string value, string named)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Labels((key, value)).For(original, "web", "p1"));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_settings_are_sound_and_mark_only_what_goes_to_WeChat()
    {
        var settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(TestData.Root, "appsettings.json")).Build();
        var labels = Labels(settings);
        Assert.Same(original, labels.For(original, "web", "p1"));
        Assert.Same(original, labels.For(original, "discord", "p1"));
        var copy = labels.For(original, "wechat", "p1");
        Assert.NotEqual(Grey(256, 256).Pixels, PictureReader.Decode(copy).Bitmap.Pixels);
        Assert.Equal("p1", AigcLabel.FromXmp(PictureXmp.Read(copy)!)?.ProduceId);
    }

    private static PictureLabels Labels(params (string Key, string Value)[] settings) =>
        Labels(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Labels:{s.Key}", (string?)s.Value))).Build());

    private static PictureLabels Labels(IConfiguration configuration) =>
        new ServiceCollection().AddSingleton(configuration).AddPictureLabels().BuildServiceProvider().GetRequiredService<PictureLabels>();

    private static Bitmap Grey(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        pixels.AsSpan().Fill(90);
        return new(width, height, 3, pixels);
    }
}
