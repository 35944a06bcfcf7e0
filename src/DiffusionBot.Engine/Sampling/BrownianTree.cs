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
    private const int Kept = 64;   // gains that are kept: those on the ways to two or three times, so that neighbours share them

    private readonly NoiseSource source;
    private readonly ulong seed;
    private readonly Node root;
    private readonly float[] whole;
    private readonly List<float[]> rights = [];   // one a depth, for the way at hand
    private readonly LinkedList<Node> kept = new();   // whose left halves' gains are; the longest unused first

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
        whole = new float[length];
        root = new Node(Micro.Round(start), Micro.Round(end), 0, 0);
        Span<uint> seeds = stackalloc uint[1];
        new SeedSequence(this.seed, [], PoolSize).Generate(seeds);
        INormalSource.Create(source, seeds[0]).Fill(whole);
        TensorPrimitives.Multiply(whole, (float)Math.Sqrt(end - start), whole);
    }

    /// <summary>What the path gains from one time to a later one. Times beyond the tree's are its ends'.</summary>
    public void Between(double from, double to, Span<float> gain)
    {
        gain.Clear();
        Add(root, whole, Micro.Round(Math.Clamp(from, root.Start, root.End)), Micro.Round(Math.Clamp(to, root.Start, root.End)), gain);
    }

    /// <summary>Adds what an interval has of the way, in the order of time.</summary>
    /// <param name="own">What the path gains on all of the interval.</param>
    private void Add(Node node, float[] own, double from, double to, Span<float> gain)
    {
        if (from <= node.Start && to >= node.End)
        {
            TensorPrimitives.Add(gain, own, gain);
            return;
        }
        Split(node);
        var left = LeftGain(node, own);
        var right = rights[(int)node.Depth];
        // Before anything below is looked at, which may take the left gain's room.
        if (to > node.Right!.Start) TensorPrimitives.Subtract(own, left, right);
        if (from < node.Left!.End) Add(node.Left, left, from, to, gain);
        if (to > node.Right.Start) Add(node.Right, right, from, to, gain);
    }

    private void Split(Node node)
    {
        if (node.Left is not null) return;
        Span<uint> seeds = stackalloc uint[1];
        new SeedSequence(seed, [node.Index, node.Depth], PoolSize).Generate(seeds);
        var middle = Micro.Round(0.5 * (node.End + node.Start));
        node.Seed = seeds[0];
        node.Left = new Node(node.Start, middle, 2 * node.Index, node.Depth + 1);
        node.Right = new Node(middle, node.End, 2 * node.Index + 1, node.Depth + 1);
        if (rights.Count == (int)node.Depth) rights.Add(new float[whole.Length]);
    }

    /// <summary>What the path gains on an interval's left half: kept, or drawn. Good until the next call but for as many as are kept.</summary>
    private float[] LeftGain(Node node, float[] own)
    {
        if (node.Slot is { } slot)
        {
            kept.Remove(slot);
            kept.AddLast(slot);
            return node.LeftGain!;
        }
        var gain = Keep(node);
        var (before, after) = (node.Left!.End - node.Start, node.End - node.Left.End);
        var share = 1 / (node.End - node.Start);
        INormalSource.Create(source, node.Seed).Fill(gain);
        TensorPrimitives.Multiply(gain, (float)Math.Sqrt(before * after * share), gain);
        var mean = rights[(int)node.Depth];
        TensorPrimitives.Multiply(own, (float)before, mean);
        TensorPrimitives.Multiply(mean, (float)share, mean);
        TensorPrimitives.Add(gain, mean, gain);
        return gain;
    }

    /// <summary>Room for a gain, taken from the one that was longest unused.</summary>
    private float[] Keep(Node node)
    {
        if (kept.Count < Kept)
        {
            node.Slot = kept.AddLast(node);
            return node.LeftGain = new float[whole.Length];
        }
        var slot = kept.First!;
        var former = slot.Value;
        (node.LeftGain, former.LeftGain, former.Slot) = (former.LeftGain, null, null);
        kept.RemoveFirst();
        slot.Value = node;
        kept.AddLast(slot);
        node.Slot = slot;
        return node.LeftGain!;
    }

    /// <summary>An interval. Index: how many of its size lie before it.</summary>
    private sealed class Node(double start, double end, ulong index, uint depth)
    {
        public double Start => start;

        public double End => end;

        public ulong Index => index;

        public uint Depth => depth;

        /// <summary>Of the noise between its halves.</summary>
        public uint Seed { get; set; }

        public Node? Left { get; set; }

        public Node? Right { get; set; }

        public float[]? LeftGain { get; set; }

        public LinkedListNode<Node>? Slot { get; set; }
    }
}
