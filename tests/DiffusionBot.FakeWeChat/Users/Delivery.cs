namespace DiffusionBot.FakeWeChat.Users;

/// <summary>How a POST ended.</summary>
public enum TryEnd
{
    /// <summary>With HTTP 200 and a body.</summary>
    Answered,

    /// <summary>With another status.</summary>
    Refused,

    /// <summary>The connection was closed or never came to be.</summary>
    Closed,

    /// <summary>The platform hung up: no answer within its patience.</summary>
    TimedOut,
}

/// <summary>One POST.</summary>
/// <param name="Begun">When.</param>
/// <param name="Latency">Until it ended.</param>
/// <param name="End">How it ended.</param>
/// <param name="Status">HTTP's; 0: no answer.</param>
/// <param name="Body">The answer's; null: none.</param>
public sealed record DeliveryTry(DateTimeOffset Begun, TimeSpan Latency, TryEnd End, int Status, string? Body);

/// <summary>A POST that was sent and is not answered yet.</summary>
/// <param name="OpenId">Whose message.</param>
/// <param name="MsgId">Null: an event.</param>
/// <param name="Number">1: the first try.</param>
public sealed record TryUnderway(string OpenId, string? MsgId, int Number);

/// <summary>What a message led to.</summary>
public enum Outcome
{
    /// <summary>`success` or an empty answer: the user sees nothing of it.</summary>
    Nothing,

    /// <summary>The user sees an answer.</summary>
    Reply,

    /// <summary>The user sees that the account is out of service.</summary>
    Unavailable,
}

/// <summary>A message of a user and what became of it.</summary>
/// <param name="OpenId">Whose.</param>
/// <param name="MsgType">text, event and so on.</param>
/// <param name="MsgId">Null: an event.</param>
/// <param name="CreateTime">Seconds since 1970.</param>
/// <param name="Message">The XML, the same in each try.</param>
/// <param name="Tries">As they began.</param>
/// <param name="Outcome">What it led to.</param>
/// <param name="Reply">What the user saw; null: nothing.</param>
public sealed record Delivery(string OpenId, string MsgType, string? MsgId, long CreateTime, string Message, IReadOnlyList<DeliveryTry> Tries, Outcome Outcome, Seen? Reply);
