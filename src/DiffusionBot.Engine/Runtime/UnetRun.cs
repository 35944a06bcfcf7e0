using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Runtime;

/// <summary>The shape of a batch of latents [B, C, H, W]; H and W are an eighth of the picture's.</summary>
internal readonly record struct LatentShape(int Batch, int Channels, int Height, int Width)
{
    /// <summary>Elements of one latent.</summary>
    public int Each => Channels * Height * Width;

    /// <summary>Elements of the batch.</summary>
    public int Elements => Batch * Each;
}

/// <summary>
/// The UNet through all steps of one batch. Prompt and negative prompt go through it together where they are of one length, as in
/// WebUI, which runs them one after the other where they are not.
/// </summary>
internal sealed class UnetRun : IDisposable
{
    private readonly Pass[] passes;
    private readonly LatentShape shape;

    internal UnetRun(OrtSession session, LatentShape shape, Conditioning prompt, Conditioning? negative, NativeClock clock)
    {
        this.shape = shape;
        passes = negative is null ? [new Pass(session, shape, [prompt], clock)]
            : negative.Tokens == prompt.Tokens ? [new Pass(session, shape, [prompt, negative], clock)]
            : [new Pass(session, shape, [prompt], clock), new Pass(session, shape, [negative], clock)];
    }

    /// <summary>One step's prediction, for prompt and negative prompt.</summary>
    /// <param name="x">The scaled input [B, C, H, W].</param>
    /// <param name="timestep">0 to 999, fractions allowed.</param>
    /// <param name="forPrompt">Gets [B, C, H, W].</param>
    /// <param name="forNegative">Gets [B, C, H, W]; empty where there is no negative prompt.</param>
    /// <param name="cancel">Stops within the run.</param>
    public void Predict(ReadOnlySpan<float> x, float timestep, Span<float> forPrompt, Span<float> forNegative, CancellationToken cancel)
    {
        foreach (var pass in passes) pass.Run(x, timestep, cancel);
        passes[0].Result.AsSpan(0, shape.Elements).CopyTo(forPrompt);
        if (!forNegative.IsEmpty) passes[^1].Result.AsSpan(^shape.Elements..).CopyTo(forNegative);
    }

    public void Dispose()
    {
        foreach (var pass in passes) pass.Dispose();
    }

    /// <summary>One run of the network for one or two conditionings of the same length.</summary>
    private sealed class Pass : IDisposable
    {
        private readonly Binding binding;
        private readonly float[] input;
        private readonly float[] timesteps;
        private readonly LatentShape shape;
        private readonly long batch;

        public Pass(OrtSession session, LatentShape shape, Conditioning[] conditionings, NativeClock clock)
        {
            this.shape = shape;
            batch = (long)conditionings.Length * shape.Batch;
            (input, timesteps, Result) = (new float[batch * shape.Each], new float[batch], new float[batch * shape.Each]);
            var context = new float[shape.Batch * conditionings.Sum(c => c.Values.Length)];
            for (var i = 0; i < batch; i++)
            {
                var values = conditionings[i / shape.Batch].Values;
                values.CopyTo(context, i * values.Length);
            }
            binding = session.Bind(clock);
            // Set once: on a graphics card the conditioning stays there for all steps.
            binding.Input("context", context, batch, conditionings[0].Tokens, conditionings[0].Width);
            binding.Output("out", Result, batch, shape.Channels, shape.Height, shape.Width);
        }

        /// <summary>[batch, C, H, W] of the last run.</summary>
        public float[] Result { get; }

        public void Run(ReadOnlySpan<float> x, float timestep, CancellationToken cancel)
        {
            for (var at = 0; at < input.Length; at += x.Length) x.CopyTo(input.AsSpan(at));
            timesteps.AsSpan().Fill(timestep);
            binding.Input("x", input, batch, shape.Channels, shape.Height, shape.Width);
            binding.Input("timesteps", timesteps, batch);
            binding.Run(cancel);
        }

        public void Dispose() => binding.Dispose();
    }
}
