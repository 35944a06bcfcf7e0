using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Prompts;

/// <summary>What a UNet looks at: one vector a token.</summary>
/// <param name="Values">[tokens, width].</param>
/// <param name="Tokens">77 for every chunk of the prompt.</param>
/// <param name="Width">Of a vector: 768 in SD 1.x.</param>
internal sealed record Conditioning(float[] Values, int Tokens, int Width)
{
    /// <summary>What the prompt says as a whole, and in the end what the picture's size is, for UNets that take it (SDXL); else null.</summary>
    public float[]? Vector { get; init; }

    /// <summary>Cut, or lengthened by its last vector.</summary>
    public Conditioning OfTokens(int tokens)
    {
        if (tokens == Tokens) return this;
        var values = new float[tokens * Width];
        Values.AsSpan(0, Math.Min(Values.Length, values.Length)).CopyTo(values);
        for (var token = Tokens; token < tokens; token++) Values.AsSpan(^Width..).CopyTo(values.AsSpan(token * Width));
        return this with { Values = values, Tokens = tokens };
    }

    /// <summary>With as many empty chunks behind it as it takes.</summary>
    public Conditioning FilledUp(int tokens, Conditioning empty) =>
        this with { Values = [.. Values, .. Enumerable.Repeat(empty.Values, (tokens - Tokens) / empty.Tokens).SelectMany(values => values)], Tokens = tokens };
}

/// <summary>A text encoder that can be run.</summary>
/// <param name="Session">Owned by the model.</param>
/// <param name="Graph">What is known of it.</param>
internal sealed record TextEncoder(OrtSession Session, TextGraph Graph);

/// <summary>Prompts to conditioning, through a checkpoint's text encoders.</summary>
/// <param name="encoders">One or two.</param>
/// <param name="sizes">What the UNet is told of the picture.</param>
internal sealed class TextConditioner(IReadOnlyList<TextEncoder> encoders, SizeNumbers sizes)
{
    /// <summary>Chunks that one prompt may be, all texts that it becomes together: a long prompt with many alternations would take gigabytes.</summary>
    private const int MostChunks = 1000;

    /// <summary>The deepest clip skip that they allow: layers of the text encoder; null where clip skip says nothing.</summary>
    public int? Layers { get; } = encoders.Max(e => e.Graph.Skips) is > 0 and var skips ? skips : null;

    /// <summary>Of a token's vectors, for each encoder.</summary>
    public IReadOnlyList<int> Widths { get; } = [.. encoders.Select(e => e.Graph.Width)];

    /// <summary>Conditioning for a picture of a size: what the UNet is told of it goes behind what the prompt says as a whole.</summary>
    /// <param name="prompt">From <see cref="Encode(string, int, EmphasisMode, NativeClock, CancellationToken, EmbeddingLibrary)"/>.</param>
    /// <param name="width">Of the picture, in pixels.</param>
    /// <param name="height">Likewise.</param>
    /// <param name="isNegative">Whether it is the negative prompt's.</param>
    /// <param name="isEmpty">Whether that says nothing: SDXL then looks at zeros.</param>
    public Conditioning ForPicture(Conditioning prompt, int width, int height, bool isNegative, bool isEmpty)
    {
        if (sizes == SizeNumbers.None) return prompt;
        var isZero = isNegative && isEmpty;
        var said = isZero ? new float[prompt.Vector!.Length] : prompt.Vector!;
        return prompt with { Values = isZero ? new float[prompt.Values.Length] : prompt.Values, Vector = [.. said, .. SizeConditioning.Of(sizes, width, height, isNegative)] };
    }

    /// <summary>The conditioning of a prompt that stays as it is.</summary>
    /// <param name="prompt">With WebUI's emphasis and BREAK.</param>
    /// <param name="clipSkip">1 to <see cref="Layers"/>.</param>
    /// <param name="emphasis">What weights do.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops the run.</param>
    /// <param name="embeddings">Words that stand for vectors; null: none.</param>
    public Conditioning Encode(string prompt, int clipSkip, EmphasisMode emphasis, NativeClock clock, CancellationToken cancel, EmbeddingLibrary? embeddings = null) =>
        Encode([(prompt, 1)], clipSkip, emphasis, clock, cancel, embeddings)[0];

    /// <summary>
    /// The conditioning of each text that one prompt becomes on its way. As in WebUI they are encoded together: the shorter get empty chunks, so
    /// that all are of one length, and emphasis restores the mean of all.
    /// </summary>
    /// <param name="texts">Each with how often it comes.</param>
    /// <param name="clipSkip">1 to <see cref="Layers"/>.</param>
    /// <param name="emphasis">What weights do.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops the run.</param>
    /// <param name="embeddings">Words that stand for vectors; null: none.</param>
    /// <exception cref="InvalidRequestException">They are more than can be held.</exception>
    public IReadOnlyList<Conditioning> Encode(
        IReadOnlyList<(string Text, int Times)> texts, int clipSkip, EmphasisMode emphasis, NativeClock clock, CancellationToken cancel, EmbeddingLibrary? embeddings = null)
    {
        var said = encoders.Select((encoder, i) => Encode(encoder, i, texts, clipSkip, emphasis, embeddings, clock, cancel)).ToList();
        return said is [var only] ? only : [.. texts.Select((_, i) => SideBySide([.. said.Select(all => all[i])]))];
    }

    private static List<Conditioning> Encode(
        TextEncoder encoder, int number, IReadOnlyList<(string Text, int Times)> texts, int clipSkip, EmphasisMode emphasis, EmbeddingLibrary? embeddings, NativeClock clock, CancellationToken cancel)
    {
        var chunks = texts.Select(text => PromptChunks.Split(text.Text, ClipTokenizer.Shared, encoder.Graph.Pad, emphasis, embeddings).ToList()).ToList();
        var count = chunks.Max(of => of.Count);
        if (count * texts.Count > MostChunks)
        {
            throw new InvalidRequestException(new(
                $"The prompt becomes {texts.Count} texts of {count} chunks of {PromptChunk.Room} tokens on its way; expected at most {MostChunks} chunks in all.",
                $"提示词在绘制过程中会变成 {texts.Count} 段文字，每段 {count} 组（每组 {PromptChunk.Room} 个词元）；总共最多 {MostChunks} 组。"));
        }
        foreach (var of in chunks)
        {
            while (of.Count < count) of.Add(PromptChunk.Of([], [], encoder.Graph.Pad));
        }
        var said = chunks.ConvertAll(of => Encode(encoder, number, of, clipSkip, clock, cancel));
        var each = ClipText.ChunkTokens * encoder.Graph.Width;
        for (var i = 0; i < count; i++)
            Emphasis.Apply(emphasis, [.. texts.Select((text, t) => new EmphasisPart(said[t].Values.AsMemory(i * each, each), chunks[t][i].Multipliers, text.Times))], encoder.Graph.Width);
        return said;
    }

    /// <summary>What comes out of the encoder; all chunks go through it together.</summary>
    private static Conditioning Encode(TextEncoder encoder, int number, List<PromptChunk> chunks, int clipSkip, NativeClock clock, CancellationToken cancel)
    {
        var width = encoder.Graph.Width;
        var tokens = new long[chunks.Count * ClipText.ChunkTokens];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = chunks[i / ClipText.ChunkTokens].Tokens[i % ClipText.ChunkTokens];
        var values = new float[tokens.Length * width];
        var pooled = new float[chunks.Count * encoder.Graph.Pooled];
        using var binding = encoder.Session.Bind(clock);
        binding.Input("tokens", tokens, chunks.Count, ClipText.ChunkTokens);
        if (chunks.Exists(chunk => chunk.Fixes.Count > 0)) PutEmbeddings(binding, chunks, number, width);
        binding.Output(encoder.Graph.Skips > 0 ? ClipText.OutputOf(clipSkip) : ClipText.Hidden, values, chunks.Count, ClipText.ChunkTokens, width);
        if (pooled.Length > 0)
        {
            binding.Input("ends", chunks.Select(chunk => (long)Array.IndexOf(chunk.Tokens, ClipTokenizer.EndToken)).ToArray(), chunks.Count, 1);
            binding.Output(OpenClipText.Pooled, pooled, chunks.Count, encoder.Graph.Pooled);
        }
        binding.Run(cancel);
        // Of a prompt of several chunks the first speaks for the whole.
        return new Conditioning(values, tokens.Length, width) { Vector = pooled.Length > 0 ? pooled[..encoder.Graph.Pooled] : null };
    }

    /// <summary>Vectors of embeddings in the place of those of tokens.</summary>
    private static void PutEmbeddings(Binding binding, IReadOnlyList<PromptChunk> chunks, int encoder, int width)
    {
        var kept = new float[chunks.Count * ClipText.ChunkTokens];
        var put = new float[kept.Length * width];
        Array.Fill(kept, 1);
        for (var i = 0; i < chunks.Count; i++)
        {
            foreach (var (at, embedding) in chunks[i].Fixes)
            {
                var place = (i * ClipText.ChunkTokens) + at + 1;
                var count = Math.Min(ClipText.ChunkTokens - at - 1, embedding.Vectors);
                kept.AsSpan(place, count).Clear();
                embedding.Parts[encoder].AsSpan(0, count * width).CopyTo(put.AsSpan(place * width));
            }
        }
        binding.Input(ClipText.KeptTokens, kept, chunks.Count, ClipText.ChunkTokens, 1);
        binding.Input(ClipText.PutVectors, put, chunks.Count, ClipText.ChunkTokens, width);
    }

    /// <summary>Of each token the vectors of all encoders, one behind the other.</summary>
    private static Conditioning SideBySide(List<Conditioning> parts)
    {
        var (tokens, width) = (parts[0].Tokens, parts.Sum(p => p.Width));
        var values = new float[tokens * width];
        var from = 0;
        foreach (var part in parts)
        {
            for (var token = 0; token < tokens; token++) part.Values.AsSpan(token * part.Width, part.Width).CopyTo(values.AsSpan((token * width) + from));
            from += part.Width;
        }
        return new Conditioning(values, tokens, width) { Vector = parts.Find(p => p.Vector is not null)?.Vector };
    }
}
