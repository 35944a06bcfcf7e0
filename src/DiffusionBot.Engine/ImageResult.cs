using DiffusionBot.Imaging;

namespace DiffusionBot.Engine;

/// <summary>What a request became.</summary>
/// <param name="Images">In the order of their seeds.</param>
/// <param name="Timings">How long each stage took.</param>
/// <param name="Notes">What the one who asked should know: a sampler replaced, a hash that did not match. May be empty.</param>
public sealed record ImageResult(IReadOnlyList<DrawnImage> Images, StageTimings Timings, IReadOnlyList<LocalText> Notes);

/// <summary>One picture.</summary>
/// <param name="Pixels">RGB, 8 bits.</param>
/// <param name="Seed">Its own seed: the request's plus its index, or with a variation the request's.</param>
/// <param name="Infotext">Its parameter text, in WebUI's form: this text draws this picture again.</param>
public sealed record DrawnImage(Bitmap Pixels, long Seed, string Infotext);

/// <summary>Wall-clock time by stage, of the whole request.</summary>
/// <param name="Load">Reading weights and building sessions; zero when the model was in memory.</param>
/// <param name="Text">Prompts to conditioning.</param>
/// <param name="Sampling">All steps of all batches.</param>
/// <param name="Decode">Latents to pixels.</param>
/// <param name="Total">From request to result. Encoding files is not in it.</param>
/// <param name="Native">The part of Text, Sampling and Decode that ONNX Runtime's Run calls took.</param>
public sealed record StageTimings(TimeSpan Load, TimeSpan Text, TimeSpan Sampling, TimeSpan Decode, TimeSpan Total, TimeSpan Native);

/// <summary>A sign of life while drawing.</summary>
/// <param name="stage">What is being done.</param>
/// <param name="step">Steps finished, over all batches.</param>
/// <param name="steps">Steps in all, over all batches.</param>
/// <param name="preview">Draws the preview; null where there is none.</param>
public sealed class DrawingProgress(DrawingStage stage, int step, int steps, Func<Bitmap>? preview = null)
{
    private Bitmap? drawn;

    /// <summary>What is being done.</summary>
    public DrawingStage Stage => stage;

    /// <summary>Steps finished, over all batches.</summary>
    public int Step => step;

    /// <summary>Steps in all, over all batches.</summary>
    public int Steps => steps;

    /// <summary>
    /// A small picture of the batch's first latent as it is (an eighth of the size), or null outside sampling. Drawn when it is asked for, which has to be while
    /// the report is being made; the first for an autoencoder takes a few tenths of a second, once and for all where there is a cache folder.
    /// </summary>
    public Bitmap? Preview => drawn ??= preview?.Invoke();
}

/// <summary>The stages of a picture, in order.</summary>
public enum DrawingStage
{
    /// <summary>Weights are read, sessions built.</summary>
    Loading,

    /// <summary>The prompt becomes conditioning.</summary>
    Reading,

    /// <summary>Noise becomes a latent, step by step.</summary>
    Sampling,

    /// <summary>The latent becomes pixels.</summary>
    Decoding,
}
