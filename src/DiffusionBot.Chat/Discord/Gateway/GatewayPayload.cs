using System.Text.Json;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>What the gateway sent.</summary>
/// <param name="Op">One of <see cref="GatewayOp"/>, or another.</param>
/// <param name="Data">Undefined where there is none.</param>
/// <param name="Sequence">Of an event.</param>
/// <param name="Type">Of an event.</param>
internal sealed record GatewayPayload(int Op, JsonElement Data, long? Sequence, string? Type)
{
    private const int Deepest = 64;

    /// <summary>Reads a text. Null: it is dropped.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="problem">Why it is dropped.</param>
    /// <exception cref="JsonException">It is no JSON: nothing that follows can be trusted to be whole.</exception>
    public static GatewayPayload? Read(ReadOnlyMemory<byte> text, out string problem)
    {
        problem = "";
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Deepest });
        }
        catch (JsonException) when (IsJson(text.Span))
        {
            problem = $"it is more than {Deepest} levels deep";
            return null;
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.NumberOf("op") is not (>= 0 and <= int.MaxValue and var op)) problem = "it has no op";
            else if (op != GatewayOp.Dispatch) return new GatewayPayload((int)op, root.Of("d")?.Clone() ?? default, null, null);
            else if (root.NumberOf("s") is not (> 0 and var sequence)) problem = "it is an event without a sequence (s)";
            else if (root.TextOf("t") is not { Length: > 0 and <= 100 } type) problem = "it is an event without a type (t)";
            else return new GatewayPayload((int)op, root.Of("d")?.Clone() ?? default, sequence, type);
            return null;
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
