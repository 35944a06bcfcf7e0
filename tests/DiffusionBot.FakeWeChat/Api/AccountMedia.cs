using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>Temporary media of an account: three days.</summary>
internal sealed class AccountMedia(TimeProvider clock)
{
    private static readonly TimeSpan lifetime = TimeSpan.FromDays(3);

    private readonly ConcurrentDictionary<string, (byte[] File, DateTimeOffset Until)> media = new(StringComparer.Ordinal);

    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48));

    public string Add(byte[] file)
    {
        var id = NewId();
        media[id] = (file, clock.GetUtcNow() + lifetime);
        return id;
    }

    /// <returns>Null: unknown, or too old.</returns>
    public byte[]? Find(string id) => media.TryGetValue(id, out var one) && clock.GetUtcNow() < one.Until ? one.File : null;
}
