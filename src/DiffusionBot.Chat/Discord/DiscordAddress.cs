using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DiffusionBot.Chat.Discord;

/// <summary>Where an answer on Discord goes.</summary>
/// <param name="Server">Its id (guild); 0: direct messages.</param>
/// <param name="Channel">The channel's id.</param>
/// <param name="User">Who asked.</param>
/// <param name="Source">The id of the message, or of the interaction, that asked.</param>
/// <param name="MostBytes">Bytes of one file there.</param>
/// <param name="Token">The interaction's, good for fifteen minutes; null: a message asked.</param>
internal sealed record DiscordAddress(ulong Server, ulong Channel, ulong User, ulong Source, int MostBytes, string? Token)
{
    public const string Place = "discord";

    /// <summary>Of a file where nothing else is said (reference.mdx, uploading files): 10 MiB.</summary>
    public const int UsualBytes = 10 << 20;

    /// <summary>How long an interaction's token is good, less what a call takes.</summary>
    private static readonly TimeSpan tokenKept = TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(5);

    private const int LongestToken = 380;
    private static readonly DateTimeOffset epoch = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What all addresses on the server begin with; null: direct messages.</summary>
    public string? Room => Server == 0 ? null : RoomOf(Server);

    /// <summary>`discord:SERVER`.</summary>
    public static string RoomOf(ulong server) => string.Create(CultureInfo.InvariantCulture, $"{Place}:{server}");

    /// <summary>A user's name everywhere: `discord:USER`.</summary>
    public static string UserIdOf(ulong user) => string.Create(CultureInfo.InvariantCulture, $"{Place}:{user}");

    /// <summary>When an id was made (snowflakes: milliseconds since 2015 above bit 22).</summary>
    public static DateTimeOffset TimeOf(ulong id) => epoch.AddMilliseconds(id >> 22);

    /// <summary>The token, while it is good.</summary>
    public string? TokenAt(DateTimeOffset now) => Token is not null && now - TimeOf(Source) < tokenKept ? Token : null;

    /// <summary>`discord:SERVER/CHANNEL/USER/SOURCE/BYTES[/TOKEN]`.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}:{Server}/{Channel}/{User}/{Source}/{MostBytes}{(Token is null ? "" : $"/{Token}")}");

    /// <summary>Whether a token can be part of an address.</summary>
    public static bool IsToken([NotNullWhen(true)] string? token) => token is { Length: > 0 and <= LongestToken } && token.All(c => c is > ' ' and < (char)0x7F);

    /// <summary>The other way round. False for what is no address of this place.</summary>
    public static bool TryParse(ChatAddress address, [NotNullWhen(true)] out DiscordAddress? parsed)
    {
        parsed = null;
        if (address.Place != Place || address.Value.Length <= Place.Length) return false;
        var parts = address.Value[(Place.Length + 1)..].Split('/', 6);
        if (parts.Length < 5 || !TryId(parts[0], out var server) || !TryId(parts[1], out var channel) || !TryId(parts[2], out var user) || !TryId(parts[3], out var source)
            || !int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) return false;
        parsed = new DiscordAddress(server, channel, user, source, bytes, parts.Length == 6 ? parts[5] : null);
        return true;
    }

    /// <summary>An id as it is written: digits alone.</summary>
    public static bool TryId(string text, out ulong id) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
