using System.Globalization;
using System.Text.Json.Nodes;

namespace DiffusionBot.Tests.Discord;

/// <summary>JSON as it came, but for a few changes at random: parts that are missing, of another type, huge, deep, or no text.</summary>
internal sealed class Mutations(Random random)
{
    private const int Most = 4, Large = 20_000, Deep = 70;

    // Behind the text that JsonNode writes: what it cannot write itself.
    private const string HalfPair = "@half@", Boundless = "@boundless@";

    /// <summary>A changed copy as text: with its own id and token it is an event that comes twice, with another id one that Discord does not know.</summary>
    public string Of(JsonObject original, int number)
    {
        var copy = original.DeepClone().AsObject();
        var isAgain = random.Next(2) == 0;
        if (!isAgain) copy["id"] = string.Create(CultureInfo.InvariantCulture, $"{1UL << 60 | (uint)number}");
        Change(copy, isAgain ? ["id", "token", "user", "member", "channel_id"] : []);
        return copy.ToJsonString().Replace(HalfPair, "\\ud800", StringComparison.Ordinal).Replace($"\"{Boundless}\"", "1e400", StringComparison.Ordinal);
    }

    /// <summary>Changes it, but for properties of these names.</summary>
    public void Change(JsonObject whole, params string[] except)
    {
        for (var n = random.Next(1, Most + 1); n > 0; n--)
        {
            var places = Places(whole).Where(place => place.Name is null || !except.Contains(place.Name)).ToArray();
            if (places.Length == 0) return;
            var (owner, name, index) = places[random.Next(places.Length)];
            if (owner is JsonObject o) ChangeIn(o, name!);
            else if (owner is JsonArray a) ChangeIn(a, index);
        }
    }

    private void ChangeIn(JsonObject owner, string name)
    {
        switch (random.Next(8))
        {
            case 0:
                owner.Remove(name);
                break;
            case 1:
                var value = owner[name]?.DeepClone();
                owner.Remove(name);
                owner[random.Next(2) == 0 ? HalfPair : name + "x"] = value;
                break;
            default:
                owner[name] = Value(owner[name]);
                break;
        }
    }

    private void ChangeIn(JsonArray owner, int index)
    {
        if (random.Next(8) == 0) owner.RemoveAt(index);
        else owner[index] = Value(owner[index]);
    }

    private JsonNode? Value(JsonNode? before) => random.Next(16) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-2, 3),
        3 => long.MaxValue,
        4 => double.MinValue,
        5 => Boundless,
        6 => "",
        7 => HalfPair,
        8 => new string((char)random.Next(1, 0xD800), random.Next(Large)),
        9 => $"\0\u202e\n{before}",
        10 => $"{random.NextInt64()}",
        11 => new JsonArray(),
        12 => new JsonObject(),
        13 => new JsonArray([.. Enumerable.Range(0, random.Next(300)).Select(_ => before?.DeepClone())]),
        14 => Nested(random.Next(Deep)),
        _ => new JsonArray(before?.DeepClone()),
    };

    private JsonNode Nested(int levels)
    {
        JsonNode node = 1;
        for (var n = 0; n < levels; n++) node = random.Next(2) == 0 ? new JsonArray(node) : new JsonObject { ["options"] = node };
        return node;
    }

    private static IEnumerable<(JsonNode Owner, string? Name, int Index)> Places(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject owner:
                foreach (var (name, value) in owner)
                {
                    yield return (owner, name, 0);
                    foreach (var inner in Places(value)) yield return inner;
                }
                break;
            case JsonArray owner:
                for (var n = 0; n < owner.Count; n++)
                {
                    yield return (owner, null, n);
                    foreach (var inner in Places(owner[n])) yield return inner;
                }
                break;
        }
    }
}
