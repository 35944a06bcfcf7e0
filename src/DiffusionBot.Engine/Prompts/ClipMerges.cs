using System.Runtime.CompilerServices;
using System.Text;

namespace DiffusionBot.Engine.Prompts;

/// <summary>
/// CLIP's 48,894 merges, looked up in the text of merges.txt itself: start-up only indexes its lines (a cold command
/// line pays for it), and no token ever becomes a string.
/// </summary>
internal sealed class ClipMerges
{
    private const int TableSize = 1 << 17;

    private readonly byte[] text;
    private readonly int[] lineStarts;
    private readonly int[] table = new int[TableSize];   // line number + 1, by the hash of "left right"

    private ClipMerges(byte[] text)
    {
        this.text = text;
        lineStarts = Index();
    }

    /// <summary>The merges that ship with the engine.</summary>
    public static ClipMerges FromResource()
    {
        using var stream = typeof(ClipMerges).Assembly.GetManifestResourceStream("merges.txt")
            ?? throw new InvalidOperationException("The engine was built without its resource merges.txt.");
        var lines = new byte[stream.Length];
        stream.ReadExactly(lines);
        return new ClipMerges(lines);
    }

    /// <summary>The tokens of one word: its bytes, of which the neighbours with the earliest merge are joined until none is left.</summary>
    public int[] Apply(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(word.Length)];
        var count = Encoding.UTF8.GetBytes(word, bytes);

        // Symbol i starts as byte i, written in the letters of merges.txt; joined symbols stay neighbours in `letters`.
        var letters = new byte[(2 * count) + 4];
        var starts = new int[count + 1];
        var (tokens, next, previous) = (new int[count], new int[count], new int[count]);
        var end = 0;
        for (var i = 0; i < count; i++)
        {
            starts[i] = end;
            var letter = LetterOf(bytes[i]);
            end += new Rune(letter).EncodeToUtf8(letters.AsSpan(end));
            tokens[i] = ByteToken(bytes[i]) + (i == count - 1 ? 256 : 0);
            (next[i], previous[i]) = (i + 1, i - 1);
        }
        "</w>"u8.CopyTo(letters.AsSpan(end));
        starts[count] = end + 4;

        // Earliest merge first, leftmost first among equals. An entry whose symbols have changed since is passed over.
        var pending = new PriorityQueue<(int Left, int End), long>();
        void Consider(int left)
        {
            if (left < 0 || next[left] >= count) return;
            var (right, stop) = (next[left], starts[next[next[left]]]);
            var rank = Rank(letters.AsSpan(starts[left]..starts[right]), letters.AsSpan(starts[right]..stop));
            if (rank >= 0) pending.Enqueue((left, stop), ((long)rank << 32) | (uint)left);
        }

        for (var i = 0; i < count; i++) Consider(i);
        while (pending.TryDequeue(out var pair, out var priority))
        {
            var (left, right) = (pair.Left, tokens[pair.Left] < 0 ? count : next[pair.Left]);
            if (right >= count || starts[next[right]] != pair.End) continue;
            var rank = (int)(priority >> 32);
            if (Rank(letters.AsSpan(starts[left]..starts[right]), letters.AsSpan(starts[right]..pair.End)) != rank) continue;
            tokens[left] = 512 + rank;
            tokens[right] = -1;
            next[left] = next[right];
            if (next[left] < count) previous[next[left]] = left;
            Consider(left);
            Consider(previous[left]);
        }
        return Array.FindAll(tokens, t => t >= 0);
    }

    /// <summary>GPT-2's byte letters: printable bytes are themselves, the others are moved to U+0100 and up.</summary>
    private static char LetterOf(byte b) => ByteToken(b) < 188 ? (char)b : (char)(256 + ByteToken(b) - 188);

    /// <summary>Tokens 0 to 187 are the printable bytes in order, 188 to 255 the others.</summary>
    private static int ByteToken(byte b) => b switch
    {
        <= 32 => 188 + b,
        < 127 => b - 33,
        <= 160 => 221 + b - 127,
        < 173 => 94 + b - 161,
        173 => 255,
        _ => 106 + b - 174,
    };

    // Straight to optimised code: these loops run once over half a megabyte, before any tiering could help.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] Index()
    {
        var starts = new List<int>(49_000);
        var at = Array.IndexOf(text, (byte)'\n') + 1;   // the first line is a version
        while (at < text.Length)
        {
            var length = text.AsSpan(at).IndexOf((byte)'\n');
            if (length < 0) length = text.Length - at;
            if (length > 0)
            {
                var slot = Slot(Mix(Seed, text.AsSpan(at, length)));
                while (table[slot] != 0) slot = (slot + 1) & (TableSize - 1);
                starts.Add(at);
                table[slot] = starts.Count;
            }
            at += length + 1;
        }
        starts.Add(at);
        return [.. starts];
    }

    /// <summary>The number of the merge that joins two symbols, or -1.</summary>
    private int Rank(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var slot = Slot(Mix(Mix(Mix(Seed, left), " "u8), right));
        for (; table[slot] != 0; slot = (slot + 1) & (TableSize - 1))
        {
            var line = text.AsSpan(lineStarts[table[slot] - 1]);
            if (line.Length >= left.Length + 1 + right.Length && line.StartsWith(left) && line[left.Length] == ' '
                && line[(left.Length + 1)..].StartsWith(right)
                && (line.Length == left.Length + 1 + right.Length || line[left.Length + 1 + right.Length] == '\n')) return table[slot] - 1;
        }
        return -1;
    }

    // FNV-1a.
    private const uint Seed = 2166136261;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) hash = (hash ^ b) * 16777619;
        return hash;
    }

    private static int Slot(uint hash) => (int)((hash ^ (hash >> 15)) & (TableSize - 1));
}
