namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>Codes in Discord's JSON errors that mean something to us (topics/opcodes-and-status-codes).</summary>
internal static class DiscordCode
{
    public const int
        UnknownChannel = 10003,
        UnknownGuild = 10004,
        UnknownMember = 10007,
        UnknownMessage = 10008,
        UnknownUser = 10013,
        UnknownWebhook = 10015,
        UnknownInteraction = 10062,
        TooManyAttachments = 30015,
        TooManyFollowUps = 40094,
        Unauthorized = 40001,
        TooLarge = 40005,
        AlreadyAnswered = 40060,
        MissingAccess = 50001,
        NotInDirectMessages = 50003,
        NotByAnother = 50005,
        Empty = 50006,
        CannotMessageUser = 50007,
        MissingPermissions = 50013,
        InvalidWebhookToken = 50027,
        InvalidForm = 50035,
        FileTooLarge = 50045,
        MayNotAnswer = 160002;
}
