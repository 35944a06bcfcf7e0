using System.IO.Compression;
using System.Text;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>Sound files of torch with bytes changed: read or refused, in bounded memory.</summary>
public sealed class TorchFuzzTests : IDisposable
{
    private const long Allowance = 4 << 20;
    private const long PerByte = 100;

    private static readonly string[] Names = ["everything-p2", "everything-p3", "everything-p4", "everything-legacy", "lightning"];

    // Steps that lead far from where they are put.
    private static readonly string[] Pieces = ["]", "}", "(", "t", "R", "b", "Q", "0", "2", "h\0", "q\xFF", "s", "u", "a", "e", "\x81", "\x93", "\x94", "cos\nsystem\n", "X\xFF\xFF\xFF\x7F", "\x8A\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", "J\xFF\xFF\xFF\xFF", "K\x05", "."];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_mutated_file_is_read_or_refused() => Fuzz(rounds: 3_000);

    [Fact]
    [Trait("Category", "Long")]
    public void A_mutated_file_is_read_or_refused_many_times() => Fuzz(rounds: 100_000);

    private void Fuzz(int rounds)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var sound = Names.Select(name => File.ReadAllBytes(TestData.Reference($"torch-files/{name}.pt"))).ToArray();
        var entries = sound.Select(EntriesOf).ToArray();
        var (read, refused) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var which = random.Next(sound.Length);
            // Most of the archives are packed again around a changed pickle, so that the change is seen by who reads pickles.
            var bytes = entries[which] is { } parts && random.Next(4) != 0 ? Repacked(parts, random) : Mutated(sound[which], random);
            var path = folder.Write("fuzz.pt", bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var file = TensorFile.Open(path);
                Assert.All(file.Tensors.Values, t => Assert.True(
                    t.Offset >= 0 && t.Length >= 0 && t.End <= bytes.Length && t.Elements * t.Type.Size() == t.Length && TensorData.Bytes(t).Length == t.Length, $"seed {seed}, round {round}: {t}"));
                read++;
            }
            catch (InvalidCheckpointException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"seed {seed}, round {round}: {e}");
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= Allowance + PerByte * bytes.Length, $"seed {seed}, round {round}: {allocated} bytes for a file of {bytes.Length}");
        }
        Assert.True(read > rounds / 20 && refused > rounds / 4, $"seed {seed}: {read} read, {refused} refused: the mutations are no test.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{read} read, {refused} refused");
    }

    private static List<(string Name, byte[] Data)>? EntriesOf(byte[] file)
    {
        if (file[0] != 'P') return null;
        using var zip = new ZipArchive(new MemoryStream(file));
        return [.. zip.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return (entry.FullName, copy.ToArray());
        })];
    }

    private static byte[] Repacked(List<(string Name, byte[] Data)> entries, Random random)
    {
        var (zip, deflated) = (new ZipBytes(), random.Next(4) == 0);
        foreach (var (name, data) in entries)
        {
            var isPickle = name.EndsWith(".pkl", StringComparison.Ordinal);
            zip.Add(name, isPickle ? Mutated(data, random) : data, isPickle && deflated, zip64: random.Next(2) == 0);
        }
        return zip.ToBytes(zip64: random.Next(2) == 0);
    }

    private static byte[] Mutated(byte[] sound, Random random)
    {
        var bytes = new List<byte>(sound);
        for (var changes = random.Next(3) == 0 ? random.Next(2, 5) : 1; changes > 0 && bytes.Count > 16; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0 or 6:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 or 7:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 4:
                    var run = bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at));
                    bytes.InsertRange(random.Next(bytes.Count), run);
                    break;
                default:
                    for (var i = at; i < Math.Min(at + 4, bytes.Count); i++) bytes[i] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                    break;
            }
        }
        return [.. bytes];
    }
}
