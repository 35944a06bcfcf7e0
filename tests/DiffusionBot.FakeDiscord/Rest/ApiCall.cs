using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>A file that was sent.</summary>
public sealed record SentFile(string Name, string ContentType, byte[] Bytes);

/// <summary>What was asked, and what was answered.</summary>
/// <param name="Route">`POST /channels/{channel}/messages`.</param>
/// <param name="Path">As it was asked.</param>
/// <param name="Body">Null: none.</param>
/// <param name="Files">By their n.</param>
/// <param name="At">When.</param>
/// <param name="UserAgent">Whose.</param>
/// <param name="Authorization">Null: none.</param>
public sealed record ApiCall(string Route, string Path, JsonNode? Body, IReadOnlyDictionary<int, SentFile> Files, DateTimeOffset At, string UserAgent, string? Authorization)
{
    internal HttpContext Http { get; init; } = null!;

    /// <summary>0: it was cut before the answer.</summary>
    public int Status { get; internal set; }

    internal JsonObject? Object => Body as JsonObject;

    internal ulong Id(string name) => Ids.Of(Value(name));

    internal string Value(string name) => (string?)Http.GetRouteValue(name) ?? "";
}
