using System.Text.Json;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;

namespace DiffusionBot.Tests.Understanding;

/// <summary>Recipes as articles print them, sent to the bot.</summary>
public sealed class ArticleTests
{
    private static readonly JsonElement articles = TestData.Json("articles.json");

    public static TheoryData<string> Ids { get; } = [.. articles.EnumerateArray().Select(a => a.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_recipe_is_understood_and_flags_behind_it_win(string id)
    {
        var article = articles.EnumerateArray().Single(a => a.GetProperty("id").GetString() == id);
        var text = article.GetProperty("text").GetString()!;
        var message = CommandParser.Parse(text);
        Assert.Null(message.Verb);
        Assert.Empty(message.Words.Warnings);
        Assert.Equal(0, message.Words.Flags.Count);
        var request = Build(message.Words);
        Assert.Equal(Expected(article), request);

        foreach (var verb in new[] { "画 ", "draw\n", "/draw " }) Assert.Equal(request, Build(CommandParser.Parse(verb + text).Words));
        foreach (var between in new[] { " ", "\n" })
        {
            var words = CommandParser.Parse($"{text.TrimEnd()}{between}--steps 33 ——种子 44 --尺寸 64x72").Words;
            Assert.Empty(words.Warnings);
            Assert.Equal(request with { Steps = 33, Seed = 44, Width = 64, Height = 72 }, Build(words));
        }
    }

    private static ImageRequest Build(DrawingWords words)
    {
        var request = RequestLayers.Build(FlagSet.Empty, FlagSet.Empty, null, words, out var notes);
        Assert.Empty(notes);
        return request;
    }

    private static ImageRequest Expected(JsonElement article)
    {
        var parameters = article.GetProperty("parameters");
        string? Text(string name) => parameters.TryGetProperty(name, out var value) ? value.ToString() : null;
        int? Number(string name) => parameters.TryGetProperty(name, out var value) ? value.GetInt32() : null;
        var defaults = new ImageRequest();
        return new ImageRequest
        {
            Prompt = article.GetProperty("prompt").GetString()!,
            NegativePrompt = article.GetProperty("negative_prompt").GetString()!,
            Steps = Number("steps") ?? defaults.Steps,
            // A schedule behind a sampler's name stays there: samplers are looked up with it.
            Sampler = Text("sampler") is { } sampler ? $"{sampler} {Text("schedule")}".Trim() : defaults.Sampler,
            CfgScale = Number("cfg_scale") ?? defaults.CfgScale,
            Seed = parameters.TryGetProperty("seed", out var seed) ? seed.GetInt64() : -1,
            Width = Number("width"),
            Height = Number("height"),
            Checkpoint = Text("model"),
            CheckpointHash = Text("model_hash"),
            ClipSkip = Number("clip_skip") ?? 1,
            Ensd = Number("ensd") ?? 0,
            // All that name one name one from before 1.6.
            OlderWays = Text("version") is null ? OlderWays.None : new OlderWays { DowncastAlphas = true, PadsNegative = Text("sampler") is "DDIM" or "PLMS" },
            Hires = Text("hires_upscaler") is not { } upscaler ? null
                : new HiresFix { Scale = parameters.GetProperty("hires_upscale").GetDouble(), Upscaler = upscaler, DenoisingStrength = parameters.GetProperty("denoising_strength").GetDouble() },
        };
    }
}
