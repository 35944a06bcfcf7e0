using System.Text.Json;
using DiffusionBot.Chat.Discord;
using Microsoft.Extensions.Configuration;

namespace DiffusionBot.Chat.Tests.Discord;

/// <summary>The settings as they ship name every option, and say what the defaults in the code say.</summary>
public sealed class ShippedSettingsTests
{
    private static readonly IConfigurationSection shipped =
        new ConfigurationBuilder().AddJsonFile(Path.Combine(TestData.Root, "appsettings.json")).Build().GetSection(DiscordOptions.Section);

    [Fact]
    public void They_are_the_defaults() => Assert.Equal(JsonSerializer.Serialize(new DiscordOptions()), JsonSerializer.Serialize(shipped.Get<DiscordOptions>()));

    [Fact]
    public void They_name_every_option() =>
        Assert.Equal(typeof(DiscordOptions).GetProperties().Select(option => option.Name).Order(StringComparer.Ordinal), shipped.GetChildren().Select(entry => entry.Key).Order(StringComparer.Ordinal));
}
