using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Prompts;

/// <summary>What a UNet looks at: one vector a token.</summary>
/// <param name="Values">[tokens, width].</param>
/// <param name="Tokens">77 for every chunk of the prompt.</param>
/// <param name="Width">Of a vector: 768 in SD 1.x.</param>
internal sealed record Conditioning(float[] Values, int Tokens, int Width);

/// <summary>A text encoder that can be run.</summary>
/// <param name="Session">Owned by the model.</param>
/// <param name="Graph">What is known of it.</param>
internal sealed record TextEncoder(OrtSession Session, TextGraph Graph);

/// <summary>Prompts to conditioning, through a checkpoint's text encoders.</summary>
internal sealed class TextConditioner(IReadOnlyList<TextEncoder> encoders)
{
    /// <summary>The deepest clip skip that they allow: layers of the text encoder; null where clip skip says nothing.</summary>
    public int? Layers { get; } = encoders.Max(e => e.Graph.Skips) is > 0 and var skips ? skips : null;

    /// <summary>The conditioning of one prompt; all its chunks go through an encoder together.</summary>
    /// <param name="prompt">With WebUI's emphasis and BREAK.</param>
    /// <param name="clipSkip">1 to <see cref="Layers"/>.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops the run.</param>
    public Conditioning Encode(string prompt, int clipSkip, NativeClock clock, CancellationToken cancel)
    {
        var parts = encoders.Select(encoder => Encode(encoder, prompt, clipSkip, clock, cancel)).ToList();
        return parts is [var only] ? only : SideBySide(parts);
    }

    private static Conditioning Encode(TextEncoder encoder, string prompt, int clipSkip, NativeClock clock, CancellationToken cancel)
    {
        var width = encoder.Graph.Width;
        var chunks = PromptChunks.Split(prompt, ClipTokenizer.Shared, encoder.Graph.Pad);
        var tokens = new long[chunks.Count * ClipText.ChunkTokens];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = chunks[i / ClipText.ChunkTokens].Tokens[i % ClipText.ChunkTokens];
        var values = new float[tokens.Length * width];
        using (var binding = encoder.Session.Bind(clock))
        {
            binding.Input("tokens", tokens, chunks.Count, ClipText.ChunkTokens);
            binding.Output(encoder.Graph.Skips > 0 ? ClipText.OutputOf(clipSkip) : ClipText.Hidden, values, chunks.Count, ClipText.ChunkTokens, width);
            binding.Run(cancel);
        }
        for (var i = 0; i < chunks.Count; i++)
            Emphasis.ApplyOriginal(values.AsSpan(i * ClipText.ChunkTokens * width, ClipText.ChunkTokens * width), chunks[i].Multipliers, width);
        return new Conditioning(values, tokens.Length, width);
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
        return new Conditioning(values, tokens, width);
    }
}
