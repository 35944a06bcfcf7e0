namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>The tensors of a pickle's value, by name: those of nested dicts and lists have the keys on the way before theirs, with dots.</summary>
internal static class TorchTensors
{
    private const int MaxDepth = 256;
    private const int MaxTensors = 1 << 16;
    private const int MaxNameLength = 512;

    private sealed record Step(Step? Above, string Key, int Depth);

    /// <summary>
    /// All of them, in the file's order; of Lightning's checkpoints those of `state_dict`. A value that is reached on two ways is
    /// looked through once: circles end.
    /// </summary>
    /// <exception cref="InvalidCheckpointException">Two have one name, or they lie too deep, are too many or named too long.</exception>
    public static Dictionary<string, TensorInfo> Of(object? root, string path)
    {
        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(object? Value, Step? At)>();
        open.Push((root is PickleDict dict && dict["state_dict"] is PickleDict state ? state : root, null));
        while (open.TryPop(out var next))
        {
            var (value, at) = next;
            if (value is TorchTensor tensor)
            {
                var name = NameOf(at, path);
                if (tensors.Count == MaxTensors) throw new InvalidCheckpointException($"{path}: more than {MaxTensors} tensors.");
                if (!tensors.TryAdd(name, tensor.Info(name))) throw new InvalidCheckpointException($"{path}: tensor '{ModelFileAccess.Printable(name)}' is there twice.");
            }
            else if (value is PickleDict or PickleList or PickleTuple && seen.Add(value))
            {
                if (at?.Depth == MaxDepth) throw new InvalidCheckpointException($"{path}: its values are nested more than {MaxDepth} deep.");
                var first = open.Count;
                foreach (var (key, item) in ItemsOf(value, isRoot: at is null))
                {
                    if (item is TorchTensor or PickleDict or PickleList or PickleTuple) open.Push((item, new Step(at, key, (at?.Depth ?? 0) + 1)));
                }
                Reverse(open, open.Count - first);
            }
        }
        return tensors;
    }

    private static IEnumerable<(string Key, object? Value)> ItemsOf(object? value, bool isRoot)
    {
        switch (value)
        {
            case PickleDict dict:
                foreach (var (key, item) in dict.Entries)
                {
                    if (isRoot && key is "optimizer_states") continue;   // as large as the weights, and none
                    if (key is string or long) yield return (key.ToString()!, item);
                }
                break;
            case PickleList or PickleTuple:
                var items = value is PickleList list ? list.Items : ((PickleTuple)value).Items;
                for (var i = 0; i < items.Count; i++) yield return (i.ToString(), items[i]);
                break;
        }
    }

    /// <summary>What was pushed last comes first: the file's order asks for the opposite.</summary>
    private static void Reverse(Stack<(object?, Step?)> open, int count)
    {
        var items = new (object?, Step?)[count];
        for (var i = 0; i < count; i++) items[i] = open.Pop();
        foreach (var item in items) open.Push(item);
    }

    private static string NameOf(Step? at, string path)
    {
        var keys = new List<string>();
        var length = 0;
        for (var step = at; step is not null; step = step.Above)
        {
            length += step.Key.Length + 1;
            if (length > MaxNameLength) throw new InvalidCheckpointException($"{path}: a tensor's name is longer than {MaxNameLength} characters.");
            keys.Add(step.Key);
        }
        keys.Reverse();
        return string.Join('.', keys);
    }
}
