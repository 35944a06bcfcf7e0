using System.ComponentModel.DataAnnotations;
using DiffusionBot.Chat.Discord;

namespace DiffusionBot.Chat.Tests.Discord;

/// <summary>What an operator may get wrong.</summary>
public sealed class DiscordOptionsTests
{
    [Fact]
    public void Without_a_token_the_place_is_off()
    {
        Assert.False(new DiscordOptions().IsOn);
        Assert.Empty(Problems(new DiscordOptions()));
    }

    [Theory]
    [InlineData("Bot MTE.a.b", null, null, "Discord:Token has 11 characters")]
    [InlineData("MTE.a.b", "discord.com", null, "Discord:ApiBase is \"discord.com\"")]
    [InlineData("MTE.a.b", null, "https://gateway.discord.gg", "Discord:GatewayUrl is")]
    public void A_mistake_is_told(string token, string? api, string? gateway, string expected)
    {
        var options = new DiscordOptions { Token = token, GatewayUrl = gateway };
        if (api is not null) options.ApiBase = api;
        Assert.StartsWith(expected, Assert.Single(Problems(options)), StringComparison.Ordinal);
    }

    private static string[] Problems(DiscordOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return [.. results.Select(r => r.ErrorMessage!)];
    }
}
