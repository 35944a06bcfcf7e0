using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord;
using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Discord;

/// <summary>Conversations with the whole host, as members of a server have them.</summary>
public sealed class ScriptTests(DiscordStage stage) : IClassFixture<DiscordStage>
{
    private const int Deferred = 5, Asked = 9;

    [Fact]
    public async Task A_command_is_deferred_and_becomes_a_picture_with_its_facts_and_buttons()
    {
        var user = stage.NewUser("en-US");
        var interaction = await user.RunsAsync("imagine", ("prompt", "a red apple on a blue background"), ("seed", 7L), ("size", "256x256"), ("steps", 2L), ("negative", "blurry"), ("cfg", 6.5), ("sampler", "DDIM"));
        Assert.Equal(Deferred, interaction.AnswerType);
        var message = await user.SeesResultAsync(interaction);
        var file = Assert.Single(message.Files);
        Assert.EndsWith(".png", file.Name, StringComparison.Ordinal);
        var infotext = PictureText.Read(file.Bytes).Parameters!;
        Assert.Contains("Negative prompt: blurry\nSteps: 2, Sampler: DDIM, ", infotext, StringComparison.Ordinal);
        Assert.Contains("CFG scale: 6.5, Seed: 7, Size: 256x256", infotext, StringComparison.Ordinal);
        var fields = DiscordStage.Fields(message);
        Assert.Equal("7", fields["seed"]);
        Assert.Equal("256x256", fields["size"]);
        Assert.Contains("model", fields);
        Assert.Contains("time", fields);
        Assert.Equal("a red apple on a blue background", (string?)message.Embeds[0]!["description"]);
        var code = (string)message.Embeds[0]!["footer"]!["text"]!;
        Assert.Equal([$"1:again {code}", $"1:vary {code}", $"1:upscale {code}", $"1:edit {code}", $"1:info {code}", $"1:delete {code}"], message.CustomIds);
        Assert.False(message.IsLoading);
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task Chinese_words_are_drawn_and_answered_in_Chinese()
    {
        var user = stage.NewUser();
        var message = await user.DrawsAsync("红苹果，蓝色背景 --步数 1 --stpes 3", ("seed", 5L));
        Assert.Equal("5", DiscordStage.Fields(message)["种子"]);
        Assert.Equal("再来", (string?)message.Component(DiscordStage.ButtonOf(message, "again"))!["label"]);
        // What was said with the promise stands with the result, which took its place.
        Assert.Contains("stpes", message.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buttons_draw_again_vary_and_enlarge()
    {
        var user = stage.NewUser();
        var first = await user.DrawsAsync("a lighthouse", ("seed", 11L));
        foreach (var (button, edge) in new[] { ("again", 64), ("vary", 64), ("upscale", 128) })
        {
            var pressed = await user.PressesAsync(first, button);
            Assert.Equal(Deferred, pressed.AnswerType);
            var message = await user.SeesResultAsync(pressed);
            Assert.NotEqual(first, message);
            Assert.Equal(edge, PictureReader.Decode(message.Files[0].Bytes).Bitmap.Width);
        }
        Assert.True(DiscordStage.IsResult(first));
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task A_picture_of_an_option_of_a_message_and_of_an_answer_is_drawn_from()
    {
        var user = stage.NewUser("en-US");
        var drawn = await user.DrawsAsync("a cat", ("image", ("source.png", PlainPictures.Png(200, 30, 30))), ("denoise", 0.1), ("steps", 10L), ("seed", 5L));
        AssertNear((200, 30, 30), drawn);
        Assert.Contains("Denoising strength: 0.1", PictureText.Read(drawn.Files[0].Bytes).Parameters!, StringComparison.Ordinal);
        // One that is sent along with a message, in Chinese, and one that is answered.
        var channel = user.User.Direct;
        user.User.Says(channel, "画 一只猫 用上图 --重绘幅度 0.1 --步数 10 --种子 5", files: ("蓝.png", PlainPictures.Png(30, 30, 200)));
        var sent = await SeesResultOfAsync(channel, _ => true);
        AssertNear((30, 30, 200), sent);
        user.User.Says(channel, "draw a dog --init --denoise 0.1 --steps 10 --seed 6", sent);
        AssertNear((30, 30, 200), await SeesResultOfAsync(channel, message => message != sent));
        // What is no picture is told, and nothing is drawn.
        await user.RunsAsync("imagine", ("prompt", "a cat"), ("image", ("notes.txt", "words"u8.ToArray())));
        var said = await user.HearsAsync();
        Assert.Empty(said.Files);
        Assert.Contains("picture", said.Content, StringComparison.Ordinal);
        Assert.Empty(stage.Discord.Violations.All);
    }

    /// <summary>Nearer to it than to what the model draws by itself, which is much lighter.</summary>
    private static void AssertNear((int, int, int) colour, FakeMessage drawn) => PlainPictures.AssertNear(colour, drawn.Files[0].Bytes, within: 60);

    [Fact]
    public async Task A_batch_is_a_grid_and_its_pictures_each_with_its_buttons()
    {
        var user = stage.NewUser();
        var message = await user.DrawsAsync("a small house", ("count", 4L), ("seed", 20L));
        Assert.Equal(5, message.Files.Count);
        var grid = message.Files[^1];
        Assert.Equal($"attachment://{grid.Name}", (string?)message.Embeds[0]!["image"]!["url"]);
        Assert.Equal(128, PictureReader.Decode(grid.Bytes).Bitmap.Width);
        Assert.Equal(["Seed: 20", "Seed: 21", "Seed: 22", "Seed: 23"], message.Files.Take(4).Select(file => PictureText.Read(file.Bytes).Parameters!.Split(", ").First(part => part.StartsWith("Seed", StringComparison.Ordinal))));
        Assert.Equal(["U1", "U2", "U3", "U4"], Labels(message, 0));
        Assert.Equal(["V1", "V2", "V3", "V4"], Labels(message, 1));
        var enlarged = await user.SeesResultAsync(await user.PressesAsync(message, "upscale " + Code(message) + "-3"));
        Assert.Equal("22", DiscordStage.Fields(enlarged)["种子"]);
    }

    [Fact]
    public async Task Parameters_are_shown_to_who_asks_by_button_and_by_command_on_any_message()
    {
        var (user, other) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        var message = await user.DrawsAsync("a green bottle", ("seed", 31L));
        var infotext = PictureText.Read(message.Files[0].Bytes).Parameters!;
        foreach (var (asker, asked) in new[] { (user, await user.PressesAsync(message, "info")), (other, await RunsOnAsync(other, message, "Parameters")) })
        {
            var shown = await asker.SeesAsync(asked, m => !m.IsLoading);
            Assert.True(shown.IsEphemeral);
            Assert.Contains(infotext, shown.Content, StringComparison.Ordinal);
        }
        // A picture from elsewhere.
        var posted = other.User.Says(stage.Channel, "look", null, ("theirs.png", message.Files[0].Bytes));
        var found = await other.SeesAsync(await RunsOnAsync(other, posted, "Parameters"), m => !m.IsLoading);
        Assert.Contains("Seed: 31", found.Content, StringComparison.Ordinal);
        var again = await other.SeesResultAsync(await RunsOnAsync(other, posted, "Draw again"));
        Assert.Equal("a green bottle", (string?)again.Embeds[0]!["description"]);
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task The_form_brings_the_parameters_and_draws_what_was_changed()
    {
        var user = stage.NewUser("en-US");
        var message = await user.DrawsAsync("a grey cat", ("seed", 41L));
        var form = await user.PressesAsync(message, "edit");
        Assert.Equal(Asked, form.AnswerType);
        var input = FakeInput(form);
        var infotext = PictureText.Read(message.Files[0].Bytes).Parameters!;
        Assert.Equal(infotext, (string?)input["value"]);
        var submitted = await user.User.SubmitsModalAsync(form, ("words", infotext.Replace("grey", "white", StringComparison.Ordinal).Replace("Seed: 41", "Seed: 42", StringComparison.Ordinal)));
        await submitted.AnswerAsync(TestContext.Current.CancellationToken);
        var changed = await user.SeesResultAsync(submitted);
        Assert.Contains("a white cat\nSteps: 1, Sampler: Euler, ", PictureText.Read(changed.Files[0].Bytes).Parameters!, StringComparison.Ordinal);
        Assert.Equal("42", DiscordStage.Fields(changed)["seed"]);
    }

    [Fact]
    public async Task A_mention_and_a_direct_message_are_drawn_and_an_answer_changes_what_it_answers()
    {
        var user = stage.NewUser();
        user.User.Says(stage.Channel, $"{stage.Discord.Bot.Mention} a yellow lemon --seed 51");
        var message = await SeesResultOfAsync(stage.Channel, m => m.RepliesTo?.Author == user.User);
        Assert.Contains("Seed: 51", PictureText.Read(message.Files[0].Bytes).Parameters!, StringComparison.Ordinal);
        var answer = user.User.Says(stage.Channel, $"{stage.Discord.Bot.Mention} a green lemon", message);
        var changed = await SeesResultOfAsync(stage.Channel, m => m.RepliesTo == answer);
        Assert.Contains("a green lemon\nSteps: 1", PictureText.Read(changed.Files[0].Bytes).Parameters!, StringComparison.Ordinal);
        Assert.Contains("Seed: 51", PictureText.Read(changed.Files[0].Bytes).Parameters!, StringComparison.Ordinal);

        var alone = user.User.Says(user.User.Direct, "蓝色的杯子");
        await SeesResultOfAsync(user.User.Direct, m => m.RepliesTo == alone);
        // A picture with a mention, or alone with the bot, gives its parameters.
        var sent = user.User.Says(user.User.Direct, "", null, ("p.png", message.Files[0].Bytes));
        using var patience = DiscordStage.Patience();
        var told = (await user.User.Direct.Shown.NextAsync(shown => shown.Message.RepliesTo == sent, patience.Token)).Message;
        Assert.Contains("Seed: 51", told.Content, StringComparison.Ordinal);
        // What others say among themselves is none of the bot's business.
        Assert.DoesNotContain(stage.Channel.Messages, m => m.Author == stage.Discord.Bot && m.RepliesTo is null && m.Interaction is null);
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task Delete_takes_the_picture_away_and_only_for_its_owner()
    {
        var (user, other) = (stage.NewUser("en-US"), stage.NewUser("en-US"));
        var message = await user.DrawsAsync("a paper boat");
        var refused = await other.SeesAsync(await other.PressesAsync(message, "delete"), m => !m.IsLoading);
        Assert.True(refused.IsEphemeral);
        Assert.Contains("is not yours", refused.Content, StringComparison.Ordinal);
        Assert.False(message.IsDeleted);
        var done = await user.PressesAsync(message, "delete");
        Assert.Contains("is deleted", (await user.SeesAsync(done, m => !m.IsLoading)).Content, StringComparison.Ordinal);
        using var patience = DiscordStage.Patience();
        if (!message.IsDeleted) await stage.Channel.Shown.NextAsync(shown => shown.Message == message && shown.How == ShownAs.Deleted, patience.Token);
        // Said in words, it is the same.
        var said = await user.DrawsAsync("a paper bird");
        user.User.Says(stage.Channel, $"{stage.Discord.Bot.Mention} delete {Code(said)}");
        if (!said.IsDeleted) await stage.Channel.Shown.NextAsync(shown => shown.Message == said && shown.How == ShownAs.Deleted, patience.Token);
        // A stranger may draw what all can see again.
        var second = await user.DrawsAsync("a paper plane");
        Assert.True(DiscordStage.IsResult(await other.SeesResultAsync(await other.PressesAsync(second, "again"))));
    }

    [Fact]
    public async Task What_only_concerns_who_asks_is_shown_to_nobody_else()
    {
        var user = stage.NewUser("en-US");
        foreach (var (command, text) in new[] { ("help", "Write what you want to see"), ("models", "Models:"), ("queue", "You have nothing waiting"), ("history", "You have drawn nothing yet"), ("settings", "Your defaults"), ("preset", "Presets") })
        {
            var shown = await user.SeesAsync(await user.RunsAsync(command), m => !m.IsLoading);
            Assert.True(shown.IsEphemeral, command);
            Assert.Contains(text, shown.Content, StringComparison.Ordinal);
        }
        // Refused: the public answer goes, and only who asked is told why.
        var refused = await user.RunsAsync("imagine", ("prompt", "a cat"), ("size", "4096x4096"));
        var why = await user.HearsAsync(m => m.Interaction == refused);
        Assert.Contains("4096 pixels is too large", why.Content, StringComparison.Ordinal);
        Assert.True(refused.Original!.IsDeleted);
        var settings = await user.SeesAsync(await user.RunsAsync("settings", ("language", "zh")), m => !m.IsLoading);
        Assert.Contains("说中文", settings.Content, StringComparison.Ordinal);
        Assert.Empty(stage.Discord.Violations.All);
    }

    [Fact]
    public async Task A_preset_is_tried_by_name_and_found_while_typing()
    {
        var user = stage.NewUser();
        var typed = await user.User.TypesAsync(stage.Channel, "preset", "name", ("name", "hello"));
        var choices = (await typed.AnswerAsync(TestContext.Current.CancellationToken))["data"]!["choices"]!.AsArray();
        Assert.NotEmpty(choices);
        var message = await user.SeesResultAsync(await user.RunsAsync("preset", ("name", (string)choices[0]!["value"]!), ("words", "--步数 1 --尺寸 64x64")));
        Assert.Contains("Steps: 1,", PictureText.Read(message.Files[0].Bytes).Parameters!, StringComparison.Ordinal);
        var samplers = await user.User.TypesAsync(stage.Channel, "imagine", "sampler", ("prompt", "x"), ("sampler", "eul"));
        Assert.Contains((await samplers.AnswerAsync(TestContext.Current.CancellationToken))["data"]!["choices"]!.AsArray(), choice => (string?)choice!["value"] == "Euler");
    }

    private static string Code(FakeMessage message) => (string)message.Embeds[0]!["footer"]!["text"]!;

    private static IEnumerable<string?> Labels(FakeMessage message, int row) => message.Components[row]!["components"]!.AsArray().Select(button => (string?)button!["label"]);

    private static JsonObject FakeInput(FakeInteraction form) => form.Modal!["components"]![0]!["component"]!.AsObject();

    private static async Task<FakeInteraction> RunsOnAsync(DiscordStage.Member user, FakeMessage message, string command)
    {
        var interaction = await user.User.RunsOnAsync(message, command);
        await interaction.AnswerAsync(TestContext.Current.CancellationToken);
        return interaction;
    }

    private static async Task<FakeMessage> SeesResultOfAsync(FakeChannel channel, Func<FakeMessage, bool> wants)
    {
        using var patience = DiscordStage.Patience();
        return (await channel.Shown.NextAsync(shown => DiscordStage.IsResult(shown.Message) && wants(shown.Message), patience.Token)).Message;
    }
}
