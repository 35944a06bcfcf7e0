using DiffusionBot.Chat.Discord;

namespace DiffusionBot.Chat.Tests.Discord;

public sealed class AddressTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("aW50ZXJhY3Rpb246MTIz/with/slashes+and=signs")]
    public void An_address_is_found_again(string? token)
    {
        var address = new DiscordAddress(1, 2, 3, 4, 10_485_760, token);
        Assert.True(DiscordAddress.TryParse(new ChatAddress(address.ToString()), out var parsed));
        Assert.Equal(address, parsed);
        Assert.StartsWith($"{address.Room}/", address.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("discord:")]
    [InlineData("discord")]
    [InlineData("discord:1/2/3/4")]
    [InlineData("discord:1/2/x/4/5")]
    [InlineData("discord:1/2/-3/4/5")]
    [InlineData("discord:1/2/3/4/99999999999")]
    [InlineData("wechat:1/2/3/4/5")]
    public void Anything_else_is_none(string address) => Assert.False(DiscordAddress.TryParse(new ChatAddress(address), out _));

    [Fact]
    public void A_token_is_good_for_fifteen_minutes_from_its_interaction_on()
    {
        var began = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
        var id = (ulong)(began - new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalMilliseconds << 22;
        var address = new DiscordAddress(0, 2, 3, id, 1, "token");
        Assert.Null(address.Room);
        Assert.Equal(began, DiscordAddress.TimeOf(id));
        Assert.Equal("token", address.TokenAt(began.AddMinutes(14)));
        Assert.Null(address.TokenAt(began.AddMinutes(15)));
    }

    [Fact]
    public void The_longest_address_fits()
    {
        var token = new string('x', 380);
        Assert.True(DiscordAddress.IsToken(token));
        Assert.False(DiscordAddress.IsToken(token + "x"));
        Assert.False(DiscordAddress.IsToken("a b"));
        Assert.InRange(new DiscordAddress(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, int.MaxValue, token).ToString().Length, 1, 512);
    }
}
