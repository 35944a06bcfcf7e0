using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord;

namespace DiffusionBot.Tests.Discord;

/// <summary>Events of all kinds as they came, but for changes at random; HOSTILE_SEED repeats a run, EVENTS asks for a longer one.</summary>
public sealed partial class HostileTests
{
    [Fact]
    public Task Whatever_comes_the_next_is_served() => MutateAsync(events: 1500);

    [Fact, Trait("Category", "Long")]
    public Task Whatever_comes_for_long_the_next_is_served() => MutateAsync(Asked.Count("EVENTS", 15000));

    /// <summary>What apps really send, changed at random.</summary>
    private async Task MutateAsync(int events)
    {
        var seed = Asked.Seed("HOSTILE_SEED");
        var mutations = new Mutations(new Random(seed));
        var (user, hostile) = (stage.NewUser("en-US"), stage.NewUser("en-US").User);
        var originals = await OriginalsAsync(user);
        for (var n = 0; n < events; n++)
        {
            var (type, original) = originals[n % originals.Count];
            var text = mutations.Of(original, n);
            if (type == "INTERACTION_CREATE" && n % 2 == 0) hostile.Invents(stage.Channel, (int)original["type"]!, original["data"]!.DeepClone().AsObject(), null, told => mutations.Change(told, "id", "token", "channel_id"));
            else stage.Discord.Gateway.Dispatch(type, text, stage.Server.Id);
            // So many that none is lost unseen: who behaves is served among them, too.
            if (n % 150 == 149) await user.SeesAsync(await user.RunsAsync("models"), message => !message.IsLoading);
        }
        await stage.NewUser().DrawsAsync("a red apple");
        Assert.Equal(1, stage.Discord.Gateway.Identifies);
        // An event that lies about its own kind is answered as what it says it is.
        Assert.DoesNotContain(stage.Discord.Violations.All, violation => !violation.Contains("for interaction type", StringComparison.Ordinal));
    }

    /// <summary>Events of all kinds that the bot hears of.</summary>
    private async Task<List<(string Type, JsonObject Data)>> OriginalsAsync(DiscordStage.Member user)
    {
        var imagine = await user.RunsAsync("imagine", ("prompt", "a red apple"), ("seed", 7L), ("size", "64x64"), ("steps", 1L), ("negative", "blurry"), ("cfg", 6.5));
        var drawn = await user.SeesResultAsync(imagine);
        var edit = await user.PressesAsync(drawn, "edit");
        List<FakeInteraction> all =
        [
            imagine, edit, await user.User.SubmitsModalAsync(edit, ("words", "a cat\nSteps: 1, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x64")), await user.User.RunsOnAsync(drawn, "Parameters"), await user.User.RunsOnAsync(drawn, "Draw again"),
            await user.PressesAsync(drawn, "again"), await user.PressesAsync(drawn, "info"), await user.RunsAsync("settings", ("change", "--steps 1")), await user.RunsAsync("moderate show"), await user.RunsAsync("history"),
            await user.User.TypesAsync(stage.Channel, "imagine", "model", ("prompt", "a cat"), ("model", "e")), await user.User.TypesAsync(stage.Channel, "preset", "name", ("name", "e")),
        ];
        foreach (var interaction in all) await AnsweredAsync(interaction);
        var attachment = drawn.Files.Select(file => new JsonObject { ["id"] = $"{file.Id}", ["filename"] = file.Name, ["content_type"] = "image/png", ["url"] = $"{stage.Discord.CdnBase}/x", ["width"] = 64, ["height"] = 64 }).Single();
        var direct = MessageOf(user.User, "1", "a red apple", attachment);
        var mention = direct.DeepClone().AsObject();
        (mention["guild_id"], mention["channel_id"], mention["content"]) = ($"{stage.Server.Id}", $"{stage.Channel.Id}", $"{stage.Discord.Bot.Mention} a cat");
        (mention["mentions"], mention["member"], mention["referenced_message"]) = (new JsonArray(new JsonObject { ["id"] = $"{stage.Discord.Bot.Id}" }), new JsonObject { ["roles"] = new JsonArray("1", "2"), ["nick"] = "x" }, direct.DeepClone());
        return [.. all.Select(interaction => ("INTERACTION_CREATE", interaction.Event)), ("MESSAGE_CREATE", direct), ("MESSAGE_CREATE", mention)];
    }
}
