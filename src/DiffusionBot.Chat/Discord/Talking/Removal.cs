using DiffusionBot.Chat.Discord.Showing;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>Takes away what is shown of a request that was deleted.</summary>
internal sealed class Removal(DiscordMessages messages, ShownPlaces places)
{
    /// <summary>After something was said: where it was that something is gone.</summary>
    /// <param name="said">What the bot said.</param>
    /// <param name="user">Who asked for it.</param>
    /// <param name="on">The message of ours that it was asked on; null: none.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task RemoveAsync(IReadOnlyList<ChatReply> said, ulong user, ShownPlace? on, CancellationToken cancel)
    {
        foreach (var gone in said.Where(reply => reply.IsGone))
        {
            if (on is { } here) await messages.DeleteAsync(here, cancel);
            if (gone.Reference is { } reference && await places.FindAsync(user, reference, cancel) is { } place && place != on) await messages.DeleteAsync(place, cancel);
        }
    }
}
