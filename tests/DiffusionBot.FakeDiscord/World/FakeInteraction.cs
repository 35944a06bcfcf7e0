using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord;

/// <summary>Somebody used the bot.</summary>
public sealed class FakeInteraction
{
    /// <summary>Afterwards its token is of no use.</summary>
    public static readonly TimeSpan TokenKept = TimeSpan.FromMinutes(15);

    private readonly TaskCompletionSource<JsonObject> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer timer;
    private readonly TimeSpan patience;

    internal FakeInteraction(DiscordServer discord, int type, FakeUser user, FakeChannel channel, FakeMessage? on)
    {
        (Type, User, Channel, On) = (type, user, channel, on);
        Id = discord.Ids.Next();
        Token = $"aW50ZXJhY3Rpb246{Guid.NewGuid():N}{Guid.NewGuid():N}";
        Began = discord.Options.Clock.GetUtcNow();
        patience = discord.Options.InteractionPatience;
        timer = discord.Options.Clock.CreateTimer(_ => Fail(), null, patience, Timeout.InfiniteTimeSpan);
    }

    public ulong Id { get; }

    public string Token { get; }

    /// <summary>2 command, 3 component, 4 autocomplete, 5 modal.</summary>
    public int Type { get; }

    public FakeUser User { get; }

    public FakeChannel Channel { get; }

    /// <summary>The message whose component was used, directly or by the modal that it opened; null: none.</summary>
    public FakeMessage? On { get; }

    public DateTimeOffset Began { get; }

    /// <summary>When it was answered; null: not yet.</summary>
    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>4 to 9; 0: not yet.</summary>
    public int AnswerType { get; private set; }

    /// <summary>The message that the answer made, promised or changed; null: there is none.</summary>
    public FakeMessage? Original { get; internal set; }

    /// <summary>The modal that was shown; null: none.</summary>
    public JsonObject? Modal { get; private set; }

    /// <summary>What the bot was told: `data` of the event, and all around it.</summary>
    public JsonObject Event { get; internal set; } = [];

    internal bool IsFirstFollowUpUsed { get; set; }

    /// <summary>The answer: `type` and `data`.</summary>
    /// <exception cref="TimeoutException">"The application did not respond": there was none in time.</exception>
    public Task<JsonObject> AnswerAsync(CancellationToken cancel = default) => answer.Task.WaitAsync(cancel);

    internal bool IsExpired(DateTimeOffset now) => now - Began > (AnswerType == 0 ? patience : TokenKept);

    internal void Answer(JsonObject callback, int type, DateTimeOffset now)
    {
        timer.Dispose();
        (AnswerType, AnsweredAt) = (type, now);
        if (type == 9) Modal = callback["data"]!.DeepClone().AsObject();
    }

    internal void Tell(JsonObject callback) => answer.TrySetResult(callback.DeepClone().AsObject());

    private void Fail()
    {
        timer.Dispose();
        answer.TrySetException(new TimeoutException($"The application did not respond: interaction {Id} of type {Type} had no answer within {patience.TotalSeconds} s."));
        // Nobody may wait for it.
        _ = answer.Task.Exception;
    }
}
