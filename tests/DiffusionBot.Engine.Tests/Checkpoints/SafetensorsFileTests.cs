using System.Buffers.Binary;
using System.Text;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("array", "the header is an array; expected a JSON object")]
    [InlineData("deep-json", "'__metadata__' is an array; expected an object of strings")]
    [InlineData("dtype", "tensor 'a' has the unknown dtype 'Q9'")]
    [InlineData("dup", "tensor 'a' is there twice")]
    [InlineData("float-shape", "tensor 'a' has a shape with 4.0 in it; expected integers")]
    [InlineData("header-max", "the header claims 18446744073709551615 bytes; the format's limit is 100000000")]
    [InlineData("header-too-long", "the header claims 1000000000 bytes; the format's limit is 100000000")]
    [InlineData("hole", "tensor 'b' begins at byte 32 of the data; the bytes from 16 belong to no tensor")]
    [InlineData("metadata-not-strings", "metadata 'a' is a number; expected a string")]
    [InlineData("negative", "tensor 'a' has a data_offsets with -16 in it")]
    [InlineData("not-json", "the header is not sound JSON")]
    [InlineData("overlap", "tensor 'b' begins at byte 8 of the data and overlaps the tensor before it, which ends at 16")]
    [InlineData("past-end", "tensor 'a' ends at byte 72 of the data; the file has 64 bytes of it")]
    [InlineData("reversed", "tensor 'a' begins at byte 16 of the data and ends at 0")]
    [InlineData("shape-negative", "tensor 'a' has a shape with -4 in it")]
    [InlineData("shape-overflow", "tensor 'a' has the shape [4611686018427387904, 4], whose size overflows")]
    [InlineData("short", "3 bytes; a safetensors file begins with 8 bytes")]
    [InlineData("wrong-size", "tensor 'a' has 16 bytes; F32 of shape [5] takes 20")]
    [InlineData("zero", "the file is empty (0 bytes)")]
    public void A_hostile_file_is_refused_by_name_and_reason(string name, string reason)
    {
        var path = TestData.Reference($"torch-files/hostile/{name}.safetensors");
        Refused(path, reason);
    }

    [Fact]
    public void Every_hostile_file_is_tested()
    {
        var there = Directory.GetFiles(TestData.Reference("torch-files/hostile"), "*.safetensors").Length;
        Assert.Equal(19 + 2, there);
    }

    [Fact]
    public void A_name_in_any_script_is_read()
    {
        var file = SafetensorsFile.Open(TestData.Reference("torch-files/hostile/unicode-name.safetensors"));
        var tensor = file.Tensors["模型"];
        Assert.Equal([16L], tensor.Shape);
        Assert.Equal(8 + 0x4A, tensor.Offset);
    }

    [Fact]
    public void A_file_without_tensors_opens_and_is_no_checkpoint()
    {
        var path = TestData.Reference("torch-files/hostile/no-tensors.safetensors");
        var file = SafetensorsFile.Open(path);
        Assert.Empty(file.Tensors);
        var error = Assert.Throws<UnknownCheckpointException>(() => ModelFamily.Of(file));
        Assert.StartsWith($"{path}: it holds no tensors: there is no checkpoint in here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sampling/samplers.safetensors")]
    [InlineData("families/tiny-sd1/model.safetensors")]
    public void Every_tensor_is_where_an_independent_reader_finds_it(string referencePath)
    {
        var file = SafetensorsFile.Open(TestData.Reference(referencePath));
        var expected = ReferenceTensors.Open(referencePath);
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        var bytes = File.ReadAllBytes(file.Path);
        foreach (var (name, tensor) in file.Tensors)
        {
            Assert.Equal(name, tensor.Name);
            Assert.Equal(file.Path, tensor.File);
            Assert.Equal(expected.Type(name), tensor.Type.ToString());
            Assert.Equal(expected.Shape(name).Select(d => (long)d), tensor.Shape);
            Assert.Equal(expected.Read<byte>(name, expected.Type(name)), bytes.AsSpan((int)tensor.Offset, (int)tensor.Length).ToArray());
        }
    }

    [Fact]
    public void Metadata_is_read() =>
        Assert.Equal("256x256", SafetensorsFile.Open(TestData.Model("checkpoints/emoji-3d.safetensors")).Metadata["modelspec.resolution"]);

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"__metadata__":{"k":"v"},"b":{"shape":[0,7],"data_offsets":[4,4],"dtype":"F32"},"c":{"dtype":"BOOL","shape":[],"data_offsets":[4,5]}}   """)]
    [InlineData("""{"c":{"dtype":"I8","shape":[1],"data_offsets":[4,5],"note":{"any":[1,[2]]}},"a":{"dtype":"F8_E4M3","shape":[2,2],"data_offsets":[0,4]}}""")]
    public void What_is_odd_but_sound_is_read(string header)
    {
        var file = SafetensorsFile.Open(folder.Write("odd.safetensors", Safetensors.File(header, 5)));
        Assert.Equal(8 + Encoding.UTF8.GetByteCount(header) + 4, file.Tensors["c"].Offset);
        Assert.Equal(1, file.Tensors["c"].Length);
        Assert.Equal(1, file.Tensors["c"].Elements);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}} x""", "the header is not sound JSON")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}""", "the header is not sound JSON")]
    [InlineData("""{"a":{"dtype":"F16","dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", "tensor 'a' has 'dtype' twice")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,4]}}""", "tensor 'a' has no dtype")]
    [InlineData("""{"a":{"dtype":"F16","data_offsets":[0,4]}}""", "tensor 'a' has no shape")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2]}}""", "tensor 'a' has no data_offsets")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4,8]}}""", "tensor 'a' has 3 data_offsets; expected 2")]
    [InlineData("""{"a":{"dtype":3,"shape":[2],"data_offsets":[0,4]}}""", "tensor 'a' has a dtype that is a number; expected a string")]
    [InlineData("""{"a":{"dtype":"F16","shape":"2","data_offsets":[0,4]}}""", "tensor 'a' has a shape that is a string; expected an array")]
    [InlineData("""{"a":{"dtype":"F16","shape":[[2]],"data_offsets":[0,4]}}""", "tensor 'a' has a shape with an array in it")]
    [InlineData("""{"a":{"dtype":"F16","shape":[99999999999999999999],"data_offsets":[0,4]}}""", "tensor 'a' has a shape with 99999999999999999999 in it")]
    [InlineData("""{"a":{"dtype":"F16","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]}}""", "whose size overflows")]
    [InlineData("""{"a":[]}""", "tensor 'a' is an array; expected an object")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "the file at")]
    [InlineData("""{"__metadata__":{"k":"v"},"__metadata__":{}}""", "'__metadata__' is there twice")]
    [InlineData("""{"__metadata__":{"k":"v","k":"w"}}""", "metadata 'k' is there twice")]
    [InlineData("""{"\ud800":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", "half a surrogate pair")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4],"\ud800":1}}""", "half a surrogate pair")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[2],"data_offsets":[0,4]}}""", "half a surrogate pair")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4],"x":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}}""", "the header is not sound JSON")]
    [InlineData("", "the header is not sound JSON")]
    [InlineData("null", "the header is null; expected a JSON object")]
    public void A_lying_header_is_refused_by_name_and_reason(string header, string reason) =>
        Refused(folder.Write("lying.safetensors", Safetensors.File(header, 4)), reason);

    [Fact]
    public void A_header_that_is_not_utf8_is_refused() =>
        Refused(folder.Write("latin.safetensors", Safetensors.File(Encoding.Latin1.GetBytes("""{"é":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"""), [])), "the header is not UTF-8");

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole = Safetensors.WithTensors(("a", [4, 4]), ("b", [3]));
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("cut.safetensors", whole.AsSpan(0, length));
            Refused(path, "");
        }
        Refused(folder.Write("cut.safetensors", whole.AsSpan(0, whole.Length - 1)), "tensor 'b' ends at byte 38 of the data; the file has 37 bytes of it. The download may be incomplete.");
        Refused(folder.Write("cut.safetensors", whole.AsSpan(0, 40)), "after its length the file has 32. The download may be incomplete.");
    }

    [Fact]
    public void A_folder_is_refused()
    {
        Directory.CreateDirectory(folder.At("folder.safetensors"));
        Refused(folder.At("folder.safetensors"), "this is a folder; expected a model file");
    }

    [Fact]
    public void A_missing_file_is_refused() => Refused(folder.At("none.safetensors"), "there is no such file");

    [Fact]
    public void A_path_that_is_none_is_refused() =>
        Assert.StartsWith(@"a\u0000b: not a path", Assert.Throws<InvalidCheckpointException>(() => SafetensorsFile.Open("a\0b")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0", "this is a Git LFS pointer, not the model itself")]
    [InlineData("<!DOCTYPE html><html>", "this is a web page")]
    [InlineData("PK\u0003\u0004............", "this is a zip archive")]
    public void Other_things_with_this_extension_are_named(string content, string reason) =>
        Refused(folder.Write("other.safetensors", Encoding.UTF8.GetBytes(content)), reason);

    [Fact]
    public void Control_characters_and_endless_names_stay_out_of_messages()
    {
        var path = folder.Write("name.safetensors", Safetensors.File("{\"" + @"\u001b[31m" + new string('n', 10_000) + "\":1}"));
        var error = Assert.Throws<InvalidCheckpointException>(() => SafetensorsFile.Open(path));
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.InRange(error.Message.Length, 1, path.Length + 300);
    }

    [Fact]
    public void A_mutated_file_is_read_or_refused() => Fuzz(rounds: 2_000);

    [Fact]
    [Trait("Category", "Long")]
    public void A_mutated_file_is_read_or_refused_many_times() => Fuzz(rounds: 50_000);

    private void Fuzz(int rounds)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var sound = Safetensors.WithTensors("""{"modelspec.title":"t","k":"模型"}""", ("a.weight", [4, 4]), ("a.bias", [4]), ("b", []), ("c", [0, 3]), ("d", [2, 1, 3, 3]));
        var headerBytes = BinaryPrimitives.ReadInt32LittleEndian(sound);
        var (read, refused) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var path = folder.Write("fuzz.safetensors", Mutated(sound, headerBytes, random));
            try
            {
                var file = SafetensorsFile.Open(path);
                var length = new FileInfo(path).Length;
                Assert.All(file.Tensors.Values, t => Assert.True(t.Offset >= 8 && t.Length >= 0 && t.Offset + t.Length <= length && t.Elements * t.Type.Size() == t.Length, $"seed {seed}, round {round}: {t}"));
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
        }
        Assert.True(read > 0 && refused > rounds / 4, $"seed {seed}: {read} read, {refused} refused: the mutations are no test.");
    }

    private static byte[] Mutated(byte[] sound, int headerBytes, Random random)
    {
        string[] pieces = ["\"", "{", "}", "[", "]", ",", ":", "-1", "0", "1e9", "9223372036854775807", "null", "\\ud800", "\"F32\"", "shape", "data_offsets", "dtype", "__metadata__", "模", " "];
        var bytes = new List<byte>(sound);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(8, Math.Min(8 + headerBytes, bytes.Count));
            switch (random.Next(6))
            {
                case 0:
                    bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)random.Next('0', '9' + 1);
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 4:
                    bytes.RemoveRange(bytes.Count - 1, 1);
                    break;
                default:
                    bytes[random.Next(8)] = (byte)random.Next(256);
                    break;
            }
            if (bytes.Count < 16) break;
        }
        // Half of them with a length that fits again, so that the mutation reaches the JSON.
        var file = bytes.ToArray();
        if (random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(file, headerBytes + file.Length - sound.Length);
        return file;
    }

    private static void Refused(string path, string reason)
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
