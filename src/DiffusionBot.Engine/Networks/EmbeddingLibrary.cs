using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Networks;

/// <summary>Finds embeddings in prompts, by the tokens of their names, the longest first. Files are read when a prompt has their names.</summary>
internal sealed class EmbeddingLibrary
{
    private readonly Dictionary<int, List<Entry>> byFirst = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<int> widths;
    private readonly List<LocalText> notes = [];

    /// <param name="files">Embeddings by their files.</param>
    /// <param name="widths">Of the model's text encoders.</param>
    /// <param name="cancel">Stops hashing.</param>
    public EmbeddingLibrary(IEnumerable<ModelFile> files, IReadOnlyList<int> widths, CancellationToken cancel)
    {
        this.widths = widths;
        foreach (var file in files)
        {
            Add(file.Name, () =>
            {
                var read = Embedding.Read(file.Open().Tensors, file.Name, file.Path, widths, hash: null);
                return read with { Hash = file.Sha256Async(cancel).GetAwaiter().GetResult()[..Embedding.HashDigits] };
            });
        }
    }

    /// <summary>How many text encoders they are for.</summary>
    public int Encoders => widths.Count;

    /// <summary>What could not be used though a prompt has its name. May be empty.</summary>
    public IReadOnlyList<LocalText> Notes => notes;

    /// <summary>Adds embeddings that come with a LoRA; a word that is one already stays what it is.</summary>
    /// <param name="lora">The LoRA's name as the prompt has it, which is what infotext says of them.</param>
    /// <param name="file">Its file.</param>
    public void AddBundled(string lora, TensorFile file)
    {
        const string start = LoraFile.Bundled + ".";
        var found = file.Tensors.Where(t => t.Key.StartsWith(start, StringComparison.Ordinal) && t.Key.IndexOf('.', start.Length) > 0)
            .GroupBy(t => t.Key[start.Length..t.Key.IndexOf('.', start.Length)], t => t, StringComparer.Ordinal);
        foreach (var group in found)
        {
            var tensors = group.ToDictionary(t => t.Key[(start.Length + group.Key.Length + 1)..], t => t.Value, StringComparer.Ordinal);
            Add(group.Key, () => Embedding.Read(tensors, group.Key, file.Path, widths, lora));
        }
    }

    /// <summary>The embedding whose name begins at a place, and how many tokens the name has; null: there is none.</summary>
    public (Embedding Embedding, int Length)? Find(IReadOnlyList<int> tokens, int at)
    {
        if (!byFirst.TryGetValue(tokens[at], out var entries)) return null;
        foreach (var entry in entries)
        {
            if (entry.IsAt(tokens, at) && entry.Value is { } embedding) return (embedding, entry.Tokens.Count);
        }
        return null;
    }

    private void Add(string name, Func<Embedding> read)
    {
        if (!names.Add(name) || ClipTokenizer.Shared.Encode(name) is not { Count: > 0 } tokens) return;
        if (!byFirst.TryGetValue(tokens[0], out var entries)) byFirst.Add(tokens[0], entries = []);
        var place = entries.FindIndex(other => other.Tokens.Count < tokens.Count);
        entries.Insert(place < 0 ? entries.Count : place, new Entry(tokens, () => Try(name, read)));
    }

    private Embedding? Try(string name, Func<Embedding> read)
    {
        try
        {
            return read();
        }
        catch (InvalidCheckpointException e)
        {
            // As in WebUI, the word then is a word like any other.
            notes.Add(new($"The embedding {name} cannot be used, its name is taken as words: {e.Text.English}", $"嵌入模型 {name} 无法使用，按普通词处理：{e.Text.Chinese}"));
            return null;
        }
    }

    /// <summary>Read once, at the first use.</summary>
    private sealed class Entry(IReadOnlyList<int> tokens, Func<Embedding?> read)
    {
        private readonly Lazy<Embedding?> value = new(read);

        public IReadOnlyList<int> Tokens => tokens;

        public Embedding? Value => value.Value;

        public bool IsAt(IReadOnlyList<int> all, int at)
        {
            if (at + tokens.Count > all.Count) return false;
            for (var i = 0; i < tokens.Count; i++)
            {
                if (all[at + i] != tokens[i]) return false;
            }
            return true;
        }
    }
}
