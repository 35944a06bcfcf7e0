using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord;

/// <summary>Somebody, or the bot.</summary>
public sealed class FakeUser
{
    private readonly DiscordServer discord;

    internal FakeUser(DiscordServer discord, string name, string locale, bool isBot) => (this.discord, Name, Locale, IsBot, Id) = (discord, name, locale, isBot, discord.Ids.Next());

    public ulong Id { get; }

    public string Name { get; }

    /// <summary>Of the app: `zh-CN`.</summary>
    public string Locale { get; }

    public bool IsBot { get; }

    /// <summary>What the user may do on servers, as Discord writes it. Default send messages, attach files, and the like.</summary>
    public string Permissions { get; set; } = "2147600448";

    /// <summary>The user's roles on servers.</summary>
    public IList<ulong> Roles { get; } = [];

    /// <summary>Whether the bot may write to the user alone; else 50007.</summary>
    public bool TakesDirect { get; set; } = true;

    /// <summary>What only this user sees, in order.</summary>
    public Feed<Shown> Shown { get; } = new();

    /// <summary>The channel between the user and the bot.</summary>
    public FakeChannel Direct => discord.DirectOf(this);

    /// <summary>`&lt;@id&gt;`.</summary>
    public string Mention => $"<@{Id}>";

    /// <summary>Writes a message. The bot hears of it as its intents allow.</summary>
    public FakeMessage Says(FakeChannel channel, string text, FakeMessage? replyTo = null, params (string Name, byte[] Bytes)[] files) => discord.Say(this, channel, text, replyTo, files);

    /// <summary>Runs a command of the bot: `imagine`, or with its subcommands `preset use`.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="command">Its name, as registered.</param>
    /// <param name="options">Values: string, long, double, bool, ulong (user, channel, role), or (string, byte[]) for an attachment.</param>
    public Task<FakeInteraction> RunsAsync(FakeChannel channel, string command, params (string Name, object Value)[] options) => discord.Interactions.RunAsync(this, channel, command, null, options);

    /// <summary>Types into an option: the answer has choices.</summary>
    public Task<FakeInteraction> TypesAsync(FakeChannel channel, string command, string focused, params (string Name, object Value)[] options) =>
        discord.Interactions.RunAsync(this, channel, command, focused, options);

    /// <summary>Runs a message command: `Parameters`.</summary>
    public Task<FakeInteraction> RunsOnAsync(FakeMessage message, string command) => discord.Interactions.RunOnAsync(this, message, command);

    /// <summary>Presses a button, or chooses values.</summary>
    /// <param name="message">Where it is.</param>
    /// <param name="customId">Which.</param>
    /// <param name="values">Of a select.</param>
    public Task<FakeInteraction> PressesAsync(FakeMessage message, string customId, params string[] values) => discord.Interactions.PressAsync(this, message, customId, values, isForged: false);

    /// <summary>Presses what is not there.</summary>
    public Task<FakeInteraction> ForgesAsync(FakeMessage message, string customId) => discord.Interactions.PressAsync(this, message, customId, [], isForged: true);

    /// <summary>Uses the bot as no app does.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="type">2 command, 3 component, 4 autocomplete, 5 modal, or anything.</param>
    /// <param name="data">What.</param>
    /// <param name="on">The message with the component; null: none.</param>
    /// <param name="change">Changes the event before the bot hears of it.</param>
    public FakeInteraction Invents(FakeChannel channel, int type, JsonObject data, FakeMessage? on = null, Action<JsonObject>? change = null) => discord.Interactions.Invent(this, channel, type, data, on, change);

    /// <summary>Sends the modal that an interaction was answered with. Inputs that are not named keep their value.</summary>
    public Task<FakeInteraction> SubmitsModalAsync(FakeInteraction modal, params (string CustomId, string Value)[] values) => discord.Interactions.SubmitAsync(this, modal, values);

    internal JsonObject ToJson() => new()
    {
        ["id"] = Ids.Text(Id),
        ["username"] = Name,
        ["global_name"] = Name,
        ["discriminator"] = "0",
        ["avatar"] = null,
        ["bot"] = IsBot,
    };

    internal JsonObject ToMember() => new()
    {
        ["user"] = ToJson(),
        ["nick"] = null,
        ["roles"] = new JsonArray([.. Roles.Select(r => (JsonNode)Ids.Text(r))]),
        ["permissions"] = Permissions,
        ["joined_at"] = "2026-01-01T00:00:00+00:00",
        ["deaf"] = false,
        ["mute"] = false,
        ["flags"] = 0,
    };
}
