namespace DiffusionBot.Engine.Checkpoints;

/// <summary>
/// Tensors under a prefix, asked for by name and expected shape: a wrong checkpoint fails at the tensor, with both
/// shapes in the message, and not as noise in the picture.
/// </summary>
/// <param name="tensors">All tensors, by full name.</param>
/// <param name="file">Where they come from, for messages.</param>
/// <param name="prefix">What every name here begins with, dot included; empty for all.</param>
internal sealed class Weights(IReadOnlyDictionary<string, TensorInfo> tensors, string file, string prefix = "")
{
    /// <summary>The path that messages begin with.</summary>
    public string File => file;

    /// <summary>What every name here begins with, dot included; empty at the top.</summary>
    public string Prefix => prefix;

    /// <summary>Names under the prefix, without it; in the file's order.</summary>
    public IEnumerable<string> Names => tensors.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);

    /// <summary>The weights one level down: `At("input_blocks.0")`.</summary>
    public Weights At(string name) => new(tensors, file, $"{prefix}{name}.");

    /// <summary>Is there a tensor of this name?</summary>
    public bool Has(string name) => tensors.ContainsKey(prefix + name);

    /// <summary>Is there any tensor one level down from this name?</summary>
    public bool HasAt(string name)
    {
        var below = $"{prefix}{name}.";
        return tensors.Keys.Any(full => full.StartsWith(below, StringComparison.Ordinal));
    }

    /// <summary>How many numbered levels there are: `Count("layers")` is 12 for layers.0 to layers.11.</summary>
    public int Count(string name)
    {
        var below = $"{prefix}{name}.";
        var numbers = new HashSet<int>();
        foreach (var full in tensors.Keys)
        {
            if (!full.StartsWith(below, StringComparison.Ordinal)) continue;
            var rest = full.AsSpan(below.Length);
            var dot = rest.IndexOf('.');
            if (dot > 0 && int.TryParse(rest[..dot], out var number)) numbers.Add(number);
        }
        var count = 0;
        while (numbers.Contains(count)) count++;
        return count;
    }

    /// <summary>A tensor whose shape is to be measured.</summary>
    /// <exception cref="InvalidCheckpointException">It is not there.</exception>
    public TensorInfo Find(string name) => tensors.TryGetValue(prefix + name, out var tensor)
        ? tensor
        : throw new InvalidCheckpointException($"{file}: there is no tensor '{prefix}{name}'.");

    /// <summary>How many elements a tensor of one dimension has: biases and norms tell the width of what they belong to.</summary>
    /// <exception cref="InvalidCheckpointException">It is not there, or has not one dimension.</exception>
    public long Length(string name) => Find(name).Shape is [var length] ? length
        : throw new InvalidCheckpointException($"{file}: tensor '{prefix}{name}' is {Show(Find(name).Shape)}; expected one dimension.");

    /// <summary>A tensor of exactly this shape.</summary>
    /// <exception cref="InvalidCheckpointException">It is not there, or has another shape.</exception>
    public TensorInfo Get(string name, params ReadOnlySpan<long> shape)
    {
        if (!tensors.TryGetValue(prefix + name, out var tensor))
            throw new InvalidCheckpointException($"{file}: there is no tensor '{prefix}{name}'; expected one of shape {Show(shape.ToArray())}.");
        if (!SameShape(tensor.Shape, shape))
            throw new InvalidCheckpointException($"{file}: tensor '{prefix}{name}' is {Show(tensor.Shape)}; expected {Show(shape.ToArray())}.");
        return tensor;
    }

    /// <summary>`[320, 4, 3, 3]`; a shape of absurd rank is cut.</summary>
    public static string Show(IReadOnlyList<long> shape) =>
        shape.Count <= 16 ? $"[{string.Join(", ", shape)}]" : $"[{string.Join(", ", shape.Take(16))}, ... {shape.Count} dimensions]";

    private static bool SameShape(IReadOnlyList<long> found, ReadOnlySpan<long> expected)
    {
        if (found.Count != expected.Length) return false;
        for (var i = 0; i < expected.Length; i++)
        {
            if (found[i] != expected[i]) return false;
        }
        return true;
    }
}
