using System.Text.Json;

namespace DiffusionBot.Chat.Tests.WeChat.Wire;

/// <summary>Official vectors: see `source` in the file.</summary>
internal static class Vectors
{
    private static readonly Dictionary<string, Vector> All = JsonSerializer.Deserialize<Vector[]>(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "WeChat", "Data", "wechat-vectors.json")), JsonSerializerOptions.Web)!.ToDictionary(vector => vector.Name);

    public static Vector Of(string name) => All[name];

    internal sealed record Vector(
        string Name, string Token, string Timestamp, string Nonce, string? Echostr, string? Signature, string? Msg_signature, string? EncodingAESKey, string? Appid,
        string? Encrypt, string? Random, string? Msg, int? Pad);
}
