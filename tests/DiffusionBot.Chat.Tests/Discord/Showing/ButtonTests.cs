using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Showing;

namespace DiffusionBot.Chat.Tests.Discord.Showing;

public sealed class ButtonTests
{
    [Theory]
    [InlineData("1:again K7Q2M9", "again", "K7Q2M9", "K7Q2M9", true)]
    [InlineData("1:upscale K7Q2M9-3", "upscale", "K7Q2M9-3", "K7Q2M9", true)]
    [InlineData("1:cancel all", "cancel", "all", null, false)]
    [InlineData("1:forget me yes", "forget me", "yes", null, false)]
    [InlineData("1:preset hello-apple", "preset", "hello-apple", null, true)]
    public void A_custom_id_is_read_as_it_was_written(string id, string verb, string about, string? reference, bool draws)
    {
        Assert.Equal(id, DiscordButtons.IdOf($"{verb} {about}"));
        var pressed = DiscordButtons.Read(id)!;
        Assert.Equal((verb, about, reference, draws), (pressed.Verb, pressed.About, pressed.Reference, pressed.Draws));
        Assert.Equal($"/{verb} {about}", pressed.Words);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("again K7Q2M9")]
    [InlineData("2:again K7Q2M9")]
    [InlineData("1:")]
    [InlineData("1:draw a cat")]
    [InlineData("1:moderate pause")]
    [InlineData("1:againK7Q2M9")]
    [InlineData("1:again K7Q2M9\ndraw a cat")]
    [InlineData("1:again K7Q2M9 --steps 150")]
    [InlineData("1:again 0123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public void What_no_button_of_ours_says_is_none(string? id) => Assert.Null(DiscordButtons.Read(id));

    [Fact]
    public void A_batch_has_its_numbers_in_rows_and_no_message_has_more_than_it_can()
    {
        foreach (var count in new[] { 2, 4, 10, 60 })
        {
            var choices = new List<ChatChoice> { new("Again", "again K7Q2M9") };
            choices.AddRange(Enumerable.Range(1, count).SelectMany(n => new[] { new ChatChoice($"U{n}", $"upscale K7Q2M9-{n}"), new ChatChoice($"V{n}", $"vary K7Q2M9-{n}") }));
            choices.Add(new ChatChoice("Delete", "delete K7Q2M9"));
            var rows = DiscordButtons.Of(new ChatReply { Pictures = [new ReplyPicture("a.png", default, "")], Reference = "K7Q2M9", Choices = choices, Language = "en" });
            Assert.InRange(rows.Count, 1, 5);
            Assert.All(rows, row => Assert.InRange(row!["components"]!.AsArray().Count, 1, 5));
            Assert.Equal("U1", (string?)rows[0]!["components"]![0]!["label"]);
            Assert.Equal(["Again", "Edit", "Parameters", "Delete"], rows[^1]!["components"]!.AsArray().Select(button => (string?)button!["label"]));
        }
    }

    [Fact]
    public void A_message_is_about_what_all_its_buttons_are_about()
    {
        Assert.Equal("K7Q2M9", DiscordButtons.ReferenceIn(Message("1:again K7Q2M9", "1:upscale K7Q2M9-2", "9:other")));
        Assert.Null(DiscordButtons.ReferenceIn(Message("1:cancel K7Q2M9", "1:cancel AAAAAA")));
        Assert.Null(DiscordButtons.ReferenceIn(Message("1:preset x")));
        Assert.Null(DiscordButtons.ReferenceIn(JsonDocument.Parse("""{"components":[3,{"components":{"custom_id":"1:again K7Q2M9"}},{"components":["x",{"custom_id":7}]}]}""").RootElement));
    }

    private static JsonElement Message(params string[] ids) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["components"] = new JsonArray(new JsonObject { ["type"] = 1, ["components"] = new JsonArray([.. ids.Select(id => (JsonNode)new JsonObject { ["custom_id"] = id })]) }),
    });
}
