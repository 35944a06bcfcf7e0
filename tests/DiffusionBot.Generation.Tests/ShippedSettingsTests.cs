using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Generation.Translation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Tests;

/// <summary>The settings as they ship say what the defaults in the code say.</summary>
public sealed class ShippedSettingsTests
{
    private static readonly IConfiguration shipped = new ConfigurationBuilder().AddJsonFile(Path.Combine(TestData.Root, "appsettings.json")).Build();

    private static readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(shipped)
        .AddPresets(Path.Combine(TestData.Root, "presets")).AddPromptTranslation().AddModeration().BuildServiceProvider();

    [Fact]
    public void Presets_lie_in_their_usual_folder()
    {
        Assert.Null(shipped.GetSection(PresetOptions.Section).Get<PresetOptions>()?.Folder);
        Assert.NotEmpty(services.GetRequiredService<PresetLibrary>().All);
    }

    [Fact]
    public void The_word_list_translates()
    {
        var options = services.GetRequiredService<IOptions<TranslationOptions>>().Value;
        Assert.Equal((null, null, null, 8), (options.Endpoint, options.ApiKey, options.Model, options.TimeoutSeconds));
        Assert.Empty(options.ReadsChinese);
        Assert.NotNull(services.GetRequiredService<PromptTranslator>());
    }

    [Fact]
    public void Nothing_is_blocked_or_added()
    {
        var options = services.GetRequiredService<IOptions<ModerationOptions>>().Value;
        Assert.Empty(options.BlockedWords);
        Assert.Empty(options.SpoilerWords);
        Assert.Empty(options.Places);
        Assert.Equal("a", services.GetRequiredService<PromptPolicy>().NegativeFor("web", "a"));
    }
}
