using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Networks;

/// <summary>`TI hashes` of infotext: the embeddings that prompts use, in the order that WebUI comes by them.</summary>
internal static class EmbeddingHashes
{
    /// <summary>The text; null: none is used.</summary>
    /// <param name="prompt">Without tags.</param>
    /// <param name="negative">Likewise.</param>
    /// <param name="length">Of the pass.</param>
    /// <param name="emphasis">Decides what words are.</param>
    /// <param name="library">What there is.</param>
    public static string? Of(string prompt, string negative, PassLength length, EmphasisMode emphasis, EmbeddingLibrary library)
    {
        var found = new List<string>();
        // The negative prompt is read first, and what is found later is written before.
        Add(negative);
        foreach (var part in PromptComposition.Split(prompt).Select(p => p.Text).Distinct(StringComparer.Ordinal)) Add(part);
        return found.Count == 0 ? null : string.Join(", ", found);

        void Add(string text)
        {
            var texts = PromptSchedule.Of(text, length).Select(entry => PromptChunks.Split(entry.Text, ClipTokenizer.Shared, emphasis: emphasis, embeddings: library)).ToList();
            var used = new OrderedDictionary<string, Embedding>(StringComparer.Ordinal);
            for (var chunk = 0; chunk < texts.Max(t => t.Count); chunk++)
            {
                foreach (var fix in texts.Where(t => chunk < t.Count).SelectMany(t => t[chunk].Fixes)) used[fix.Embedding.Name] = fix.Embedding;
            }
            var hashes = used.Values.Where(e => e.Hash is not null).Select(e => $"{LoraHashes.Plain(e.Name)}: {e.Hash}").ToList();
            for (var encoder = 0; encoder < library.Encoders; encoder++) found.InsertRange(0, hashes);
        }
    }
}
