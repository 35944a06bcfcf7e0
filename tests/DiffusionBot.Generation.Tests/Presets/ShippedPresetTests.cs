using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Tests.Presets;

/// <summary>What lies in presets/.</summary>
public sealed class ShippedPresetTests
{
    private static readonly PresetLibrary library = new(Path.Combine(TestData.Root, "presets"), TimeProvider.System);

    [Fact]
    public void All_are_sound_and_have_titles_of_both_languages_that_find_them()
    {
        Assert.Empty(library.Problems);
        Assert.All(library.All, preset =>
        {
            Assert.NotEqual(preset.Title.English, preset.Title.Chinese);
            Assert.NotNull(preset.About);
            foreach (var name in new[] { preset.Name, preset.Title.English, preset.Title.Chinese })
                Assert.Equal((preset.Name, "一只猫"), library.FindAtStart(name + " 一只猫") is { } found ? (found.Preset.Name, found.After) : default);
        });
    }

    [Fact]
    public void At_least_eight_are_for_the_shipped_model_each_with_the_picture_that_it_draws()
    {
        var shipped = library.All.Where(p => p.Recipe.Parameters.GetValueOrDefault("Model") == "emoji-3d").ToList();
        Assert.InRange(shipped.Count, 8, 100);
        Assert.All(shipped, preset =>
        {
            Assert.Equal("4a44d18e42", preset.Recipe.Parameters["Model hash"]);
            var text = PictureText.Read(File.ReadAllBytes(preset.PicturePath!)).Parameters!;
            Assert.Equal(text, preset.Infotext);
            InfotextMapping.ToRequest(preset.Recipe, new ImageRequest(), out var notes);
            Assert.Empty(notes);
        });
        Assert.Contains(shipped, p => p.Recipe.Prompt.Any(c => c >= '\u4e00'));
        Assert.Contains(shipped, p => p.Recipe.Prompt.All(char.IsAscii));
    }

    /// <summary>The recipes of the article, as they are understood when pasted.</summary>
    [Theory]
    [InlineData("hello-new-world", "hello-new-world")]
    [InlineData("glass-shoes", "shoes-as-copied")]
    [InlineData("glass-shoes-ddim", "shoes-ddim")]
    public void The_articles_recipes_are_whole(string name, string article)
    {
        var text = TestData.Json("articles.json").EnumerateArray().Single(a => a.GetProperty("id").GetString() == article).GetProperty("text").GetString()!;
        var expected = LenientInfotextReader.Read(text);
        var recipe = library.All.Single(p => p.Name == name).Recipe;
        Assert.Equal((expected.Prompt, expected.NegativePrompt), (recipe.Prompt, recipe.NegativePrompt));
        Assert.Equal(expected.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal), recipe.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal));
    }
}
