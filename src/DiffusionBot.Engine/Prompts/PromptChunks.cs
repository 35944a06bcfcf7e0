using DiffusionBot.Engine.Networks;

namespace DiffusionBot.Engine.Prompts;

/// <summary>Where the vectors of an embedding begin, counted from the chunk's first token behind the start.</summary>
internal readonly record struct PromptFix(int At, Embedding Embedding);

/// <summary>What the text encoder takes at a time: start, 75 tokens, end.</summary>
/// <param name="Tokens">[77]</param>
/// <param name="Multipliers">[77], the weight of each token's output.</param>
internal sealed record PromptChunk(int[] Tokens, float[] Multipliers)
{
    /// <summary>Tokens of the prompt in a chunk.</summary>
    public const int Room = 75;

    /// <summary>Tokens of a chunk, start and end included.</summary>
    public const int Length = Room + 2;

    /// <summary>Embeddings that stand in the place of tokens.</summary>
    public IReadOnlyList<PromptFix> Fixes { get; init; } = [];

    /// <summary>A chunk of at most <see cref="Room"/> tokens; the first end is followed by <paramref name="padToken"/>.</summary>
    public static PromptChunk Of(List<int> tokens, List<float> weights, int padToken)
    {
        var (all, multipliers) = (new int[Length], new float[Length]);
        Array.Fill(all, ClipTokenizer.EndToken);
        Array.Fill(multipliers, 1f);
        all[0] = ClipTokenizer.StartToken;
        tokens.CopyTo(all, 1);
        weights.CopyTo(multipliers, 1);
        Array.Fill(all, padToken, Array.IndexOf(all, ClipTokenizer.EndToken) + 1, Length - 1 - Array.IndexOf(all, ClipTokenizer.EndToken));
        return new PromptChunk(all, multipliers);
    }
}

/// <summary>
/// A prompt as chunks of tokens, broken where WebUI breaks it: at BREAK, and when a chunk is full; if a comma lies
/// among its last tokens, what follows the comma moves to the next chunk.
/// </summary>
internal static class PromptChunks
{
    /// <summary>WebUI's "Prompt word wrap length limit": how far back a comma may lie.</summary>
    private const int CommaReach = 20;

    /// <summary>The chunks of a prompt, at least one. <paramref name="padToken"/> fills up the last one: the end token for SD 1.x.</summary>
    public static IReadOnlyList<PromptChunk> Split(
        string prompt, ClipTokenizer tokenizer, int padToken = ClipTokenizer.EndToken, EmphasisMode emphasis = EmphasisMode.Original, EmbeddingLibrary? embeddings = null)
    {
        var chunks = new List<PromptChunk>();
        Fill(PartsOf(prompt, emphasis), tokenizer, embeddings, (tokens, weights, fixes, _) => chunks.Add(PromptChunk.Of(tokens, weights, padToken) with { Fixes = fixes }));
        return chunks;
    }

    /// <summary>How many tokens a prompt takes, as WebUI's counter shows it: a chunk that is full or broken off counts as 75.</summary>
    public static int CountTokens(string prompt, ClipTokenizer tokenizer)
    {
        var count = 0;
        Fill(PartsOf(prompt, EmphasisMode.Original), tokenizer, null, (tokens, _, _, isLast) => count += isLast ? tokens.Count : PromptChunk.Room);
        return count;
    }

    private static IReadOnlyList<(string Text, double Weight)> PartsOf(string prompt, EmphasisMode emphasis) =>
        emphasis == EmphasisMode.None ? [(prompt, 1)] : PromptAttention.Parse(prompt);

    private static void Fill(
        IReadOnlyList<(string Text, double Weight)> parts, ClipTokenizer tokenizer, EmbeddingLibrary? embeddings, Action<List<int>, List<float>, List<PromptFix>, bool> add)
    {
        var (tokens, weights, fixes) = (new List<int>(), new List<float>(), new List<PromptFix>());
        var lastComma = -1;
        var any = false;

        void Next(int keep, bool isLast = false)
        {
            var (movedTokens, movedWeights) = (tokens[keep..], weights[keep..]);
            add(tokens[..keep], weights[..keep], fixes, isLast);
            // Embeddings behind the comma stay behind though their tokens move: so it is in WebUI.
            (tokens, weights, fixes, lastComma, any) = (movedTokens, movedWeights, [], -1, true);
        }

        foreach (var part in parts)
        {
            if (part == PromptAttention.Break)
            {
                Next(tokens.Count);
                continue;
            }
            var text = tokenizer.Encode(part.Text);
            for (var at = 0; at < text.Count; at++)
            {
                var token = text[at];
                var full = tokens.Count == PromptChunk.Room;
                if (token == ClipTokenizer.CommaToken) lastComma = tokens.Count;
                else if (full && lastComma >= 0 && tokens.Count - lastComma <= CommaReach) Next(lastComma + 1);
                if (tokens.Count == PromptChunk.Room) Next(tokens.Count);
                if (embeddings?.Find(text, at) is not var (embedding, length))
                {
                    tokens.Add(token);
                    weights.Add((float)part.Weight);
                    continue;
                }
                if (tokens.Count + embedding.Vectors > PromptChunk.Room) Next(tokens.Count);
                fixes.Add(new PromptFix(tokens.Count, embedding));
                tokens.AddRange(Enumerable.Repeat(0, embedding.Vectors));
                weights.AddRange(Enumerable.Repeat((float)part.Weight, embedding.Vectors));
                at += length - 1;
            }
        }
        if (tokens.Count > 0 || !any) Next(tokens.Count, isLast: true);
    }
}
