using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Runtime;

/// <summary>The UNet with one set of prompts, for as many steps as they hold.</summary>
internal sealed class UnetLook : IDisposable
{
    /// <summary>Prompts that go through it together; each takes a batch's memory.</summary>
    private const int MostTogether = 4;

    private readonly List<Pass> passes = [];
    private readonly (Pass Pass, int At)[] places;
    private readonly LatentShape shape;

    /// <param name="session">The UNet.</param>
    /// <param name="shape">Of the batch.</param>
    /// <param name="prompts">One or more; shorter ones are lengthened by their last vector, as in WebUI.</param>
    /// <param name="negative">Null: none.</param>
    /// <param name="beside">What an inpainting UNet takes beside the latent; null: nothing.</param>
    /// <param name="clock">Adds up the time of native runs.</param>
    public UnetLook(OrtSession session, LatentShape shape, IReadOnlyList<Conditioning> prompts, Conditioning? negative, InpaintingChannels? beside, NativeClock clock)
    {
        this.shape = shape;
        var tokens = prompts.Max(prompt => prompt.Tokens);
        var all = prompts.Select(prompt => prompt.OfTokens(tokens)).ToList();
        if (negative is not null) all.Add(negative);
        places = new (Pass, int)[all.Count];
        for (var from = 0; from < all.Count;)
        {
            var count = 1;
            while (from + count < all.Count && count < MostTogether && all[from + count].Tokens == all[from].Tokens) count++;
            var pass = new Pass(session, shape, [.. all.Skip(from).Take(count)], beside, clock);
            passes.Add(pass);
            for (var i = 0; i < count; i++) places[from + i] = (pass, i);
            from += count;
        }
    }

    /// <summary>What it said of the negative prompt [B, C, H, W].</summary>
    public ReadOnlySpan<float> Negative => Prompt(places.Length - 1);

    /// <summary>What it said of a prompt [B, C, H, W].</summary>
    public ReadOnlySpan<float> Prompt(int index) => places[index].Pass.Result.AsSpan(places[index].At * shape.Elements, shape.Elements);

    /// <summary>Looks at a latent [B, C, H, W].</summary>
    public void Run(ReadOnlySpan<float> x, float timestep, CancellationToken cancel)
    {
        foreach (var pass in passes) pass.Run(x, timestep, cancel);
    }

    public void Dispose()
    {
        foreach (var pass in passes) pass.Dispose();
    }

    /// <summary>One run of the network for conditionings of the same length.</summary>
    private sealed class Pass : IDisposable
    {
        private readonly Binding binding;
        private readonly float[] input;
        private readonly float[] timesteps;
        private readonly LatentShape shape;
        private readonly long batch;
        private readonly int stride;

        public Pass(OrtSession session, LatentShape shape, Conditioning[] conditionings, InpaintingChannels? beside, NativeClock clock)
        {
            this.shape = shape;
            batch = (long)conditionings.Length * shape.Batch;
            stride = shape.Each + (beside?.EachOf(shape) ?? 0);
            (input, timesteps, Result) = (new float[batch * stride], new float[batch], new float[batch * shape.Each]);
            for (var i = 0; i < batch; i++) beside?.Of(i % shape.Batch, shape).CopyTo(input.AsSpan((i * stride) + shape.Each));
            var context = new float[shape.Batch * conditionings.Sum(c => c.Values.Length)];
            for (var i = 0; i < batch; i++)
            {
                var values = conditionings[i / shape.Batch].Values;
                values.CopyTo(context, i * values.Length);
            }
            binding = session.Bind(clock);
            // Set once: on a graphics card the conditioning stays there for all steps.
            binding.Input("context", context, batch, conditionings[0].Tokens, conditionings[0].Width);
            if (conditionings[0].Vector is { } first)
            {
                var vectors = new float[batch * first.Length];
                for (var i = 0; i < batch; i++) conditionings[i / shape.Batch].Vector!.CopyTo(vectors, i * first.Length);
                binding.Input("vector", vectors, batch, first.Length);
            }
            binding.Output("out", Result, batch, shape.Channels, shape.Height, shape.Width);
        }

        /// <summary>[batch, C, H, W] of the last run.</summary>
        public float[] Result { get; }

        public void Run(ReadOnlySpan<float> x, float timestep, CancellationToken cancel)
        {
            for (var i = 0; i < batch; i++) x.Slice(i % shape.Batch * shape.Each, shape.Each).CopyTo(input.AsSpan(i * stride));
            timesteps.AsSpan().Fill(timestep);
            binding.Input("x", input, batch, stride / (shape.Height * shape.Width), shape.Height, shape.Width);
            binding.Input("timesteps", timesteps, batch);
            binding.Run(cancel);
        }

        public void Dispose() => binding.Dispose();
    }
}
