using System.Buffers;
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DiffusionBot.Benchmarks;

/// <summary>
/// Writes a checkpoint of the SD 1.x layout, in its exact names and shapes, with random weights: what is measured
/// needs a model of full size, and no such model may be shipped. It draws noise, but at the cost of the real one.
/// </summary>
internal static class SyntheticCheckpoint
{
    /// <summary>What varies between models of this layout.</summary>
    /// <param name="TextWidth">Width of the text encoder and so of the cross-attention's context.</param>
    /// <param name="TextLayers">Layers of the text encoder.</param>
    /// <param name="UnetChannels">The UNet's model_channels.</param>
    /// <param name="UnetMultipliers">channel_mult; attention on all levels but the last.</param>
    /// <param name="VaeChannels">The autoencoder's ch.</param>
    /// <param name="VaeMultipliers">The autoencoder's ch_mult.</param>
    /// <param name="VaeBlocks">The autoencoder's num_res_blocks; its decoder has one more.</param>
    public sealed record Sizes(
        int TextWidth, int TextLayers, int UnetChannels, IReadOnlyList<int> UnetMultipliers,
        int VaeChannels, IReadOnlyList<int> VaeMultipliers, int VaeBlocks)
    {
        /// <summary>Stable Diffusion 1.5: 1,066 M weights, 2.13 GB as F16.</summary>
        public static Sizes StableDiffusion15 { get; } = new(768, 12, 320, [1, 2, 4, 4], 128, [1, 2, 4, 4], 2);
    }

    private sealed record Tensor(string Name, long[] Shape, Fill Fill)
    {
        public long Elements => Shape.Aggregate(1L, (a, b) => a * b);

        public long Bytes => Elements * (Fill == Fill.Positions ? sizeof(long) : Marshal.SizeOf<Half>());
    }

    private enum Fill { Random, Embedding, One, Zero, Positions }

    private const int Tokens = 49408;
    private const int Positions = 77;
    private const int Latent = 4;

    /// <summary>Writes the file, the same bytes every time; through a temporary name, so that no half of it is left behind.</summary>
    public static void Write(string path, Sizes? sizes = null)
    {
        var tensors = Layout(sizes ?? Sizes.StableDiffusion15).ToArray();
        var partial = path + ".partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                WriteHeader(file, tensors);
                WriteData(file, tensors);
            }
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void WriteHeader(FileStream file, Tensor[] tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("modelspec.title", "Synthetic weights: for measuring, not for drawing");
            json.WriteString("modelspec.resolution", "512x512");
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Fill == Fill.Positions ? "I64" : "F16");
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape) json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.WrittenCount % 8 != 0) buffer.Write(" "u8);   // as the format's own writer aligns the data
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)buffer.WrittenCount);
        file.Write(length);
        file.Write(buffer.WrittenSpan);
    }

    private static void WriteData(FileStream file, Tensor[] tensors)
    {
        // One block of normal numbers serves all, entered at another place each time. Its length is prime, so that
        // rows of a weight do not fall on each other.
        var normal = NormalNumbers(1_048_573, seed: 4);
        var scaled = new float[normal.Length];
        var halves = new Half[normal.Length];
        var entry = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Fill == Fill.Positions)
            {
                file.Write(MemoryMarshal.AsBytes(Enumerable.Range(0, Positions).Select(i => (long)i).ToArray().AsSpan()));
                continue;
            }
            for (var left = tensor.Elements; left > 0;)
            {
                var count = (int)Math.Min(left, normal.Length - entry);
                Produce(tensor, normal.AsSpan(entry, count), scaled, halves.AsSpan(0, count));
                file.Write(MemoryMarshal.AsBytes(halves.AsSpan(0, count)));
                entry = (entry + count) % normal.Length;
                left -= count;
            }
        }
    }

    private static void Produce(Tensor tensor, ReadOnlySpan<float> normal, Span<float> scaled, Span<Half> halves)
    {
        switch (tensor.Fill)
        {
            case Fill.One:
                halves.Fill(Half.One);
                return;
            case Fill.Zero:
                halves.Clear();
                return;
            default:
                // Variance 1/fan-in keeps activations near 1 through any depth; embeddings as CLIP begins its own.
                var scale = tensor.Fill == Fill.Embedding ? 0.02f : 1 / MathF.Sqrt(tensor.Elements / tensor.Shape[0]);
                TensorPrimitives.Multiply(normal, scale, scaled);
                TensorPrimitives.ConvertToHalf(scaled[..halves.Length], halves);
                return;
        }
    }

    private static float[] NormalNumbers(int count, int seed)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
            numbers[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return numbers;
    }

    private static IEnumerable<Tensor> Layout(Sizes s) =>
        [.. Text("cond_stage_model.transformer.text_model.", s), .. Unet("model.diffusion_model.", s), .. Vae("first_stage_model.", s)];

    private static IEnumerable<Tensor> Text(string at, Sizes s)
    {
        var width = s.TextWidth;
        yield return new Tensor($"{at}embeddings.position_ids", [1, Positions], Fill.Positions);
        yield return new Tensor($"{at}embeddings.position_embedding.weight", [Positions, width], Fill.Embedding);
        yield return new Tensor($"{at}embeddings.token_embedding.weight", [Tokens, width], Fill.Embedding);
        for (var i = 0; i < s.TextLayers; i++)
        {
            var layer = $"{at}encoder.layers.{i}.";
            Tensor[] tensors =
            [
                .. Norm($"{layer}layer_norm1", width), .. Norm($"{layer}layer_norm2", width),
                .. Weight($"{layer}mlp.fc1", 4 * width, width), .. Weight($"{layer}mlp.fc2", width, 4 * width),
                .. Weight($"{layer}self_attn.k_proj", width, width), .. Weight($"{layer}self_attn.out_proj", width, width),
                .. Weight($"{layer}self_attn.q_proj", width, width), .. Weight($"{layer}self_attn.v_proj", width, width),
            ];
            foreach (var tensor in tensors) yield return tensor;
        }
        foreach (var tensor in Norm($"{at}final_layer_norm", width)) yield return tensor;
    }

    private static List<Tensor> Unet(string at, Sizes s)
    {
        const int resBlocks = 2;
        var channels = s.UnetChannels;
        var time = 4 * channels;
        List<Tensor> all = [.. Weight($"{at}time_embed.0", time, channels), .. Weight($"{at}time_embed.2", time, time)];

        var block = 0;
        var width = channels;
        var skips = new Stack<int>();
        all.AddRange(Weight($"{at}input_blocks.{block++}.0", width, Latent, 3, 3));
        skips.Push(width);
        var last = s.UnetMultipliers.Count - 1;
        for (var level = 0; level <= last; level++)
        {
            for (var i = 0; i < resBlocks; i++, block++)
            {
                all.AddRange(ResBlock($"{at}input_blocks.{block}.0.", width, width = channels * s.UnetMultipliers[level], time));
                if (level < last) all.AddRange(Transformer($"{at}input_blocks.{block}.1.", width, s.TextWidth));
                skips.Push(width);
            }
            if (level == last) continue;
            all.AddRange(Weight($"{at}input_blocks.{block++}.0.op", width, width, 3, 3));
            skips.Push(width);
        }

        all.AddRange(ResBlock($"{at}middle_block.0.", width, width, time));
        all.AddRange(Transformer($"{at}middle_block.1.", width, s.TextWidth));
        all.AddRange(ResBlock($"{at}middle_block.2.", width, width, time));

        block = 0;
        for (var level = last; level >= 0; level--)
        {
            for (var i = 0; i <= resBlocks; i++, block++)
            {
                all.AddRange(ResBlock($"{at}output_blocks.{block}.0.", width + skips.Pop(), width = channels * s.UnetMultipliers[level], time));
                if (level < last) all.AddRange(Transformer($"{at}output_blocks.{block}.1.", width, s.TextWidth));
                if (i == resBlocks && level > 0) all.AddRange(Weight($"{at}output_blocks.{block}.{(level < last ? 2 : 1)}.conv", width, width, 3, 3));
            }
        }
        return [.. all, .. Norm($"{at}out.0", width), .. Weight($"{at}out.2", Latent, width, 3, 3)];
    }

    private static IEnumerable<Tensor> ResBlock(string at, int from, int to, int time) =>
    [
        .. Norm($"{at}in_layers.0", from), .. Weight($"{at}in_layers.2", to, from, 3, 3), .. Weight($"{at}emb_layers.1", to, time),
        .. Norm($"{at}out_layers.0", to), .. Weight($"{at}out_layers.3", to, to, 3, 3),
        .. from == to ? [] : Weight($"{at}skip_connection", to, from, 1, 1),
    ];

    private static IEnumerable<Tensor> Transformer(string at, int width, int context)
    {
        var block = $"{at}transformer_blocks.0.";
        return
        [
            .. Norm($"{at}norm", width), .. Weight($"{at}proj_in", width, width, 1, 1),
            .. Attention($"{block}attn1.", width, width), .. Attention($"{block}attn2.", width, context),
            .. Weight($"{block}ff.net.0.proj", 8 * width, width), .. Weight($"{block}ff.net.2", width, 4 * width),
            .. Norm($"{block}norm1", width), .. Norm($"{block}norm2", width), .. Norm($"{block}norm3", width),
            .. Weight($"{at}proj_out", width, width, 1, 1),
        ];
    }

    private static IEnumerable<Tensor> Attention(string at, int width, int context) =>
    [
        new($"{at}to_q.weight", [width, width], Fill.Random), new($"{at}to_k.weight", [width, context], Fill.Random),
        new($"{at}to_v.weight", [width, context], Fill.Random), .. Weight($"{at}to_out.0", width, width),
    ];

    private static List<Tensor> Vae(string at, Sizes s)
    {
        var widths = s.VaeMultipliers.Select(m => m * s.VaeChannels).ToArray();
        var top = widths[^1];
        var width = s.VaeChannels;
        List<Tensor> all = [.. Weight($"{at}encoder.conv_in", width, 3, 3, 3)];
        for (var level = 0; level < widths.Length; level++)
        {
            for (var i = 0; i < s.VaeBlocks; i++) all.AddRange(VaeBlock($"{at}encoder.down.{level}.block.{i}.", width, width = widths[level]));
            if (level + 1 < widths.Length) all.AddRange(Weight($"{at}encoder.down.{level}.downsample.conv", width, width, 3, 3));
        }
        all.AddRange([.. VaeMiddle($"{at}encoder.mid.", top), .. Norm($"{at}encoder.norm_out", top), .. Weight($"{at}encoder.conv_out", 2 * Latent, top, 3, 3)]);

        all.AddRange([.. Weight($"{at}decoder.conv_in", top, Latent, 3, 3), .. VaeMiddle($"{at}decoder.mid.", top)]);
        for (var level = widths.Length - 1; level >= 0; level--)
        {
            for (var i = 0; i <= s.VaeBlocks; i++) all.AddRange(VaeBlock($"{at}decoder.up.{level}.block.{i}.", width, width = widths[level]));
            if (level > 0) all.AddRange(Weight($"{at}decoder.up.{level}.upsample.conv", width, width, 3, 3));
        }
        return
        [
            .. all, .. Norm($"{at}decoder.norm_out", width), .. Weight($"{at}decoder.conv_out", 3, width, 3, 3),
            .. Weight($"{at}quant_conv", 2 * Latent, 2 * Latent, 1, 1), .. Weight($"{at}post_quant_conv", Latent, Latent, 1, 1),
        ];
    }

    private static IEnumerable<Tensor> VaeMiddle(string at, int width) =>
    [
        .. VaeBlock($"{at}block_1.", width, width), .. Norm($"{at}attn_1.norm", width),
        .. Weight($"{at}attn_1.q", width, width, 1, 1), .. Weight($"{at}attn_1.k", width, width, 1, 1),
        .. Weight($"{at}attn_1.v", width, width, 1, 1), .. Weight($"{at}attn_1.proj_out", width, width, 1, 1),
        .. VaeBlock($"{at}block_2.", width, width),
    ];

    private static IEnumerable<Tensor> VaeBlock(string at, int from, int to) =>
    [
        .. Norm($"{at}norm1", from), .. Weight($"{at}conv1", to, from, 3, 3),
        .. Norm($"{at}norm2", to), .. Weight($"{at}conv2", to, to, 3, 3),
        .. from == to ? [] : Weight($"{at}nin_shortcut", to, from, 1, 1),
    ];

    private static IEnumerable<Tensor> Weight(string name, params long[] shape) =>
        [new($"{name}.weight", shape, Fill.Random), new($"{name}.bias", [shape[0]], Fill.Zero)];

    private static IEnumerable<Tensor> Norm(string name, long width) =>
        [new($"{name}.weight", [width], Fill.One), new($"{name}.bias", [width], Fill.Zero)];
}
