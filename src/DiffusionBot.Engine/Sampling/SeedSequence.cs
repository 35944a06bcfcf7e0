namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// numpy.random.SeedSequence: any numbers mixed into a pool of 32-bit words, from which seeds are drawn (O'Neill, "Developing a seed_seq
/// alternative", 2015).
/// </summary>
internal sealed class SeedSequence
{
    private readonly uint[] pool;

    /// <param name="entropy">The seed.</param>
    /// <param name="spawnKey">Which descendant; empty: the first ancestor.</param>
    /// <param name="poolSize">Words, 4 or more.</param>
    public SeedSequence(ulong entropy, ReadOnlySpan<ulong> spawnKey = default, int poolSize = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(poolSize, 4);
        var words = new List<uint>(poolSize + 2 * spawnKey.Length);
        AddWords(words, entropy);
        if (spawnKey.Length > 0)
        {
            // Filled up, so that no descendant has the words of another's seed.
            while (words.Count < poolSize) words.Add(0);
            foreach (var key in spawnKey) AddWords(words, key);
        }
        pool = Mixed(words, poolSize);
    }

    /// <summary>The first words, always the same.</summary>
    public void Generate(Span<uint> state)
    {
        var constant = 0x8B51F9DDu;
        for (var i = 0; i < state.Length; i++)
        {
            var word = pool[i % pool.Length] ^ constant;
            constant *= 0x58F38DED;
            word *= constant;
            state[i] = word ^ (word >> 16);
        }
    }

    private static uint[] Mixed(List<uint> words, int poolSize)
    {
        var constant = 0x43B0D7E5u;
        var pool = new uint[poolSize];
        for (var i = 0; i < poolSize; i++) pool[i] = Hash(i < words.Count ? words[i] : 0);
        for (var from = 0; from < poolSize; from++)
        {
            for (var to = 0; to < poolSize; to++)
            {
                if (from != to) pool[to] = Mix(pool[to], Hash(pool[from]));
            }
        }
        for (var from = poolSize; from < words.Count; from++)
        {
            for (var to = 0; to < poolSize; to++) pool[to] = Mix(pool[to], Hash(words[from]));
        }
        return pool;

        uint Hash(uint word)
        {
            word ^= constant;
            constant *= 0x931E8875;
            word *= constant;
            return word ^ (word >> 16);
        }

        static uint Mix(uint x, uint y)
        {
            var mixed = 0xCA01F9DD * x - 0x4973F715 * y;
            return mixed ^ (mixed >> 16);
        }
    }

    /// <summary>Least word first, without zeros above; 0 is one word.</summary>
    private static void AddWords(List<uint> words, ulong value)
    {
        do
        {
            words.Add((uint)value);
            value >>= 32;
        }
        while (value > 0);
    }
}
