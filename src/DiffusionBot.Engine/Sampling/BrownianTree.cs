using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// One path of Brownian motion, decided by its seed alone whatever is asked and in which order: torchsde's BrownianTree. Its time is halved,
/// and the halves again, down to a millionth; what the path gains on an interval is shared between its halves by the Brownian bridge, with
/// noise whose seed is drawn from the tree's seed and the interval's place (Li et al., "Scalable gradients for stochastic differential
/// equations", 2020). Rounds where torchsde rounds.
/// </summary>
internal sealed class BrownianTree
{
    private const int PoolSize = 24;
    private const int Kept = 45;   // gains that are kept, as many as torchsde keeps: twice the depth, so that neighbours share their way

    private readonly NoiseSource source;
    private readonly ulong seed;
    private readonly Node root;
    private readonly float[] noise;
    private readonly LinkedList<Node> kept = new();   // the longest unused first

    /// <param name="source">Which generator makes the noise.</param>
    /// <param name="seed">The image's.</param>
    /// <param name="start">The least time.</param>
    /// <param name="end">The last time, above it.</param>
    /// <param name="length">Elements of a latent: that many paths side by side.</param>
    public BrownianTree(NoiseSource source, long seed, double start, double end, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        this.source = source;
        this.seed = unchecked((ulong)seed);
        noise = new float[length];
        root = new Node(null, Micro.Round(start), Micro.Round(end), 0, 0) { Gain = new float[length] };
        Span<uint> seeds = stackalloc uint[1];
        new SeedSequence(this.seed, [], PoolSize).Generate(seeds);
        INormalSource.Create(source, seeds[0]).Fill(root.Gain);
        TensorPrimitives.Multiply(root.Gain, (float)Math.Sqrt(end - start), root.Gain);
    }

    /// <summary>What the path gains from one time to a later one. Times beyond the tree's are its ends'.</summary>
    public void Between(double from, double to, Span<float> gain)
    {
        gain.Clear();
        Add(root, Micro.Round(Math.Clamp(from, root.Start, root.End)), Micro.Round(Math.Clamp(to, root.Start, root.End)), gain);
    }

    private void Add(Node node, double from, double to, Span<float> gain)
    {
        if (to <= node.Start || from >= node.End) return;
        if (from <= node.Start && to >= node.End)
        {
            TensorPrimitives.Add(gain, GainOf(node), gain);
            return;
        }
        Split(node);
        Add(node.Left!, from, to, gain);
        Add(node.Right!, from, to, gain);
    }

    private void Split(Node node)
    {
        if (node.Left is not null) return;
        Span<uint> seeds = stackalloc uint[1];
        new SeedSequence(seed, [node.Index, node.Depth], PoolSize).Generate(seeds);
        var middle = Micro.Round(0.5 * (node.End + node.Start));
        node.Seed = seeds[0];
        node.Left = new Node(node, node.Start, middle, 2 * node.Index, node.Depth + 1);
        node.Right = new Node(node, middle, node.End, 2 * node.Index + 1, node.Depth + 1);
    }

    /// <summary>Kept, or made from its parent's. Good until the next call but for as many as are kept.</summary>
    private float[] GainOf(Node node)
    {
        if (node.Gain is not null)
        {
            if (node.Slot is { } slot)
            {
                kept.Remove(slot);
                kept.AddLast(slot);
            }
            return node.Gain;
        }
        var parent = node.Parent!;
        var whole = GainOf(parent);
        var gain = Keep(node);
        var (before, after) = (parent.Left!.End - parent.Start, parent.End - parent.Left.End);
        var share = 1 / (parent.End - parent.Start);
        INormalSource.Create(source, parent.Seed).Fill(noise);
        TensorPrimitives.Multiply(noise, (float)Math.Sqrt(before * after * share), noise);
        TensorPrimitives.Multiply(whole, (float)before, gain);
        TensorPrimitives.Multiply(gain, (float)share, gain);
        TensorPrimitives.Add(gain, noise, gain);
        if (node == parent.Right) TensorPrimitives.Subtract(whole, gain, gain);
        return gain;
    }

    /// <summary>Room for a gain, taken from the one that was longest unused.</summary>
    private float[] Keep(Node node)
    {
        if (kept.Count < Kept)
        {
            node.Slot = kept.AddLast(node);
            return node.Gain = new float[noise.Length];
        }
        var slot = kept.First!;
        var former = slot.Value;
        (node.Gain, former.Gain, former.Slot) = (former.Gain, null, null);
        kept.RemoveFirst();
        slot.Value = node;
        kept.AddLast(slot);
        node.Slot = slot;
        return node.Gain!;
    }

    /// <summary>An interval. Index: how many of its size lie before it.</summary>
    private sealed class Node(Node? parent, double start, double end, ulong index, uint depth)
    {
        public Node? Parent => parent;

        public double Start => start;

        public double End => end;

        public ulong Index => index;

        public uint Depth => depth;

        /// <summary>Of the noise between its halves.</summary>
        public uint Seed { get; set; }

        public Node? Left { get; set; }

        public Node? Right { get; set; }

        public float[]? Gain { get; set; }

        public LinkedListNode<Node>? Slot { get; set; }
    }
}
