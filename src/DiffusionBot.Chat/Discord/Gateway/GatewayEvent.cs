using System.Text.Json;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>Something happened on Discord.</summary>
/// <param name="Type">`INTERACTION_CREATE`; anything, also what is not known here.</param>
/// <param name="Data">Of that type, as far as Discord is believed: see <see cref="DiscordJson"/>.</param>
/// <param name="Sequence">Rising within a session.</param>
/// <param name="Shard">Which connection it came over, from 0.</param>
internal sealed record GatewayEvent(string Type, JsonElement Data, long Sequence, int Shard);
