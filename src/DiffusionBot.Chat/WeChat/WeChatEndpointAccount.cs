using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.AspNetCore.Http;

namespace DiffusionBot.Chat.WeChat;

/// <summary>An account as the endpoint knows it.</summary>
/// <param name="Name">As the options write it, however the address did.</param>
/// <param name="Envelope">Of its mode and keys.</param>
internal sealed record WeChatEndpointAccount(string Name, WeChatEnvelope Envelope)
{
    /// <summary>What the address says.</summary>
    public static WeChatQuery QueryOf(HttpRequest request)
    {
        return new WeChatQuery(One("signature"), One("msg_signature"), One("timestamp"), One("nonce"), One("encrypt_type"));

        string? One(string name) => request.Query[name] is { Count: 1 } values ? values[0] : null;
    }
}
