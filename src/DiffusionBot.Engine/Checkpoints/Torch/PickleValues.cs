namespace DiffusionBot.Engine.Checkpoints.Torch;

// A value of a pickle is an object: null for None, bool, long, BigInteger, double, string, byte[], TorchTensor, or one of the types
// below; what else there is (names, types and arrays of numpy) is of no use but to be passed over.
// They hold each other and themselves, in circles where the file says so: whoever walks through them counts how deep it is.

/// <summary>A list, in its order.</summary>
internal sealed class PickleList
{
    private List<object?>? items;

    public IReadOnlyList<object?> Items => items ?? [];

    public void Add(object? item) => (items ??= []).Add(item);
}

/// <summary>A tuple; torch.Size is one too.</summary>
internal sealed class PickleTuple(params object?[] items)
{
    public static PickleTuple Empty { get; } = new();

    public IReadOnlyList<object?> Items => items;
}

/// <summary>A set or frozen set, as its items came.</summary>
internal sealed class PickleSet
{
    private List<object?>? items;

    public IReadOnlyList<object?> Items => items ?? [];

    public void Add(object? item) => (items ??= []).Add(item);
}

/// <summary>A dict or OrderedDict in its order, or what torch.nn's ParameterDict keeps under `_parameters` and other names.</summary>
internal sealed class PickleDict
{
    // What None is as a key: the dictionary takes no null.
    private static readonly object NoneKey = new();

    private OrderedDictionary<object, object?>? entries;

    public int Count => entries?.Count ?? 0;

    /// <summary>Keys and values; a key that is no text or number is of no use but to be passed over.</summary>
    public IEnumerable<KeyValuePair<object, object?>> Entries => entries ?? [];

    /// <summary>Attributes are entries: how a ParameterDict is read. The attributes of a dict are left out.</summary>
    public bool IsObject { get; init; }

    /// <summary>The value of a key, a text or a long; null if there is none such.</summary>
    public object? this[object key] => entries is not null && entries.TryGetValue(key, out var value) ? value : null;

    public bool Has(object key) => entries?.ContainsKey(key) == true;

    /// <summary>As Python does: a key that is there already gets the new value at its old place.</summary>
    public void Set(object? key, object? value) => (entries ??= [])[key ?? NoneKey] = value;
}
