using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Prompts;

/// <summary>What a UNet looks at: one vector a token.</summary>
/// <param name="Values">[tokens, width].</param>
/// <param name="Tokens">77 for every chunk of the prompt.</param>
/// <param name="Width">Of a vector: 768 in SD 1.x.</param>
internal sealed record Conditioning(float[] Values, int Tokens, int Width);

/// <summary>Prompts to conditioning, through one text encoder.</summary>
internal sealed class TextConditioner(OrtSession session, int width, int layers, int padToken)
{
    /// <summary>Layers of the text encoder: the deepest clip skip that it allows.</summary>
    public int Layers => layers;

    /// <summary>The conditioning of one prompt; all its chunks go through the encoder together.</summary>
    /// <param name="prompt">With WebUI's emphasis and BREAK.</param>
    /// <param name="clipSkip">1 to <see cref="Layers"/>.</param>
    /// <param name="emphasis">What weights do.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    /// <param name="cancel">Stops the run.</param>
    public Conditioning Encode(string prompt, int clipSkip, EmphasisMode emphasis, NativeClock clock, CancellationToken cancel)
    {
        var chunks = PromptChunks.Split(prompt, ClipTokenizer.Shared, padToken, emphasis);
        var tokens = new long[chunks.Count * ClipText.ChunkTokens];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = chunks[i / ClipText.ChunkTokens].Tokens[i % ClipText.ChunkTokens];
        var values = new float[tokens.Length * width];
        using (var binding = session.Bind(clock))
        {
            binding.Input("tokens", tokens, chunks.Count, ClipText.ChunkTokens);
            binding.Output(ClipText.OutputOf(clipSkip), values, chunks.Count, ClipText.ChunkTokens, width);
            binding.Run(cancel);
        }
        for (var i = 0; i < chunks.Count; i++)
            Emphasis.Apply(emphasis, values.AsSpan(i * ClipText.ChunkTokens * width, ClipText.ChunkTokens * width), chunks[i].Multipliers, width);
        return new Conditioning(values, tokens.Length, width);
    }
}
