using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;
using static DiffusionBot.Engine.Checkpoints.Torch.PickleOpcode;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>Archives with one tensor `w` of 4 floats, sound and unsound.</summary>
public sealed class TorchArchiveTests : IDisposable
{
    private static readonly byte[] Floats = MemoryMarshal.AsBytes<float>([1f, 2f, 3f, 4f]).ToArray();

    private static readonly byte[] Pickle = new PickleBytes().Op(EmptyDict).Text("w").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op(SetItem).ToBytes();

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Sizes_of_64_bits_and_packed_pickles_are_read(bool zip64, bool deflated)
    {
        var file = Open(new ZipBytes().Add("a/data.pkl", Pickle, deflated, zip64).Add("a/data/0", Floats, zip64: zip64).ToBytes(zip64));
        Assert.Equal([1f, 2f, 3f, 4f], TensorData.Floats(file.Tensors["w"]));
    }

    [Fact]
    public void An_archive_named_safetensors_is_read_by_what_it_is()
    {
        var path = folder.Write("x.safetensors", Sound().ToBytes());
        Assert.Equal([1f, 2f, 3f, 4f], TensorData.Floats(TensorFile.Open(path).Tensors["w"]));
        path = folder.Write("x.ckpt", Safetensors.WithTensors(("b", [2])));
        Assert.IsType<SafetensorsFile>(TensorFile.Open(path));
    }

    /// <summary>0x80 and 2 to 5 are how pickles begin.</summary>
    [Theory]
    [InlineData(0x280)]
    [InlineData(0x480)]
    public void A_safetensors_file_whose_length_looks_like_a_pickle_is_one(int headerBytes)
    {
        const string header = """{"b":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""";
        var file = TensorFile.Open(folder.Write("x.safetensors", Safetensors.File(header.PadRight(headerBytes), 4)));
        Assert.Equal(["b"], file.Tensors.Keys);
    }

    [Fact]
    public void Entries_that_lead_out_lie_over_each_other_or_come_twice_are_refused()
    {
        foreach (var name in (string[])["../x", "a/../../x", "/etc/x", "a\\..\\x", "c:x", "a/\0", ""])
            Refused(Sound().Add(name, [1]).ToBytes(), "leads out of the archive");
        Refused(Sound().Add("a/data/0", Floats).ToBytes(), "'a/data/0' is there twice");
        var over = Sound();
        Refused(over.Add("a/x", Floats, change: entry => BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(42), (uint)(30 + 10 + Pickle.Length))).ToBytes(), "does not begin at byte");
        Refused(Sound().Add("a/data/1", Floats, change: entry => BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(42), (uint)(30 + 10 + Pickle.Length))).ToBytes(), "within 'a/data/");
    }

    [Theory]
    [InlineData(8, 1, "is encrypted")]
    [InlineData(10, 14, "is packed by method 14")]
    [InlineData(20, 15, "is stored, in 15 bytes for 16")]
    [InlineData(42, 7, "does not begin at byte 7")]
    public void Fields_that_lie_are_refused(int at, byte value, string reason) =>
        Refused(new ZipBytes().Add("a/data.pkl", Pickle).Add("a/data/0", Floats, change: entry => entry[at] = value).ToBytes(), reason);

    [Fact]
    public void Sizes_beyond_the_file_are_refused()
    {
        Action<byte[]> huge = entry =>
        {
            entry.AsSpan(20, 8).Fill(0xFE);
        };
        Refused(new ZipBytes().Add("a/data.pkl", Pickle).Add("a/data/0", Floats, change: huge).ToBytes(), "has 4278124286 bytes from");
        Refused(Sound().ToBytes(change: end => end[16] = 0xFF), "it must end at byte");
        Refused(Sound().ToBytes(change: end => end[10] = 9), "has fewer entries than it claims");
        Refused(Sound().ToBytes(change: end => end.AsSpan(10, 4).Fill(0xF0)), "its directory claims");
    }

    [Fact]
    public void A_pickle_that_unpacks_to_more_than_it_says_or_too_much_is_refused()
    {
        Refused(new ZipBytes().Add("a/data.pkl", new byte[40 << 20], deflated: true).ToBytes(), "at most 200 times as much is believed");
        Refused(new ZipBytes().Add("a/data.pkl", Pickle, deflated: true, change: entry => entry[24] += 9).ToBytes(), "cannot be unpacked to its");
        var noise = new byte[PickleInput.MaxBytes + 1];
        new Random(1).NextBytes(noise);
        Refused(new ZipBytes().Add("a/data.pkl", noise, deflated: true).ToBytes(), $"at most {PickleInput.MaxBytes} are read");
    }

    [Fact]
    public void What_torch_does_not_write_is_told()
    {
        Refused(new ZipBytes().Add("a/data.pkl", Pickle).Add("a/data/0", Floats, deflated: true).ToBytes(), "storage '0' is compressed");
        Refused(new ZipBytes().Add("a/weights.txt", Floats).ToBytes(), "a zip archive with 0 files NAME/data.pkl");
        Refused(Sound().Add("b/data.pkl", Pickle).ToBytes(), "a zip archive with 2 files NAME/data.pkl");
        Refused(Sound().Add("a/byteorder", "big"u8).ToBytes(), "its numbers are not little-endian");
    }

    [Fact]
    public void A_tensor_may_not_have_more_elements_than_its_storage() =>
        Refused(With(new PickleBytes().Op(EmptyDict).Text("w").Tensor("FloatStorage", "0", 4, 0, [1L << 40], [0]).Op(SetItem)), "more elements than the storage's 4");

    [Fact]
    public void One_storage_is_of_one_type()
    {
        var pickle = new PickleBytes().Op(EmptyDict).Text("w").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op(SetItem).Text("v").Tensor("HalfStorage", "0", 4, 0, [4], [1]).Op(SetItem);
        Refused(With(pickle), "storage '0' is 4 elements of F16, and was 4 of F32 before");
    }

    [Fact]
    public void Tensors_of_nested_values_are_named_by_the_way_to_them()
    {
        var pickle = new PickleBytes().Op(EmptyDict).Number(768).Op(EmptyDict).Text("linear").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op(SetItem)
            .Op(EmptyDict).Text("bias").Tensor("FloatStorage", "0", 4, 1, [2], [2]).Op(SetItem, Tuple2, SetItem).Text("optimizer_states").Op(EmptyList).Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op(Append, SetItem);
        var tensors = Open(With(pickle)).Tensors;
        Assert.Equal(["768.0.linear", "768.1.bias"], tensors.Keys);
        Assert.Equal([2f, 4f], TensorData.Floats(tensors["768.1.bias"]));
        Refused(With(new PickleBytes().Op(EmptyDict).Text("a.b").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op(SetItem).Text("a").Op(EmptyDict).Text("b").Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op(SetItem, SetItem)),
            "tensor 'a.b' is there twice");
    }

    [Fact]
    public void Values_nested_too_deep_are_refused()
    {
        var pickle = new PickleBytes();
        for (var i = 0; i < 1000; i++) pickle.Op(EmptyList);
        for (var i = 0; i < 999; i++) pickle.Op(Append);
        Refused(With(pickle), "its values are nested more than 256 deep");
    }

    private static ZipBytes Sound() => new ZipBytes().Add("a/data.pkl", Pickle).Add("a/data/0", Floats);

    private static byte[] With(PickleBytes pickle) => new ZipBytes().Add("a/data.pkl", pickle.ToBytes()).Add("a/data/0", Floats).ToBytes();

    private TensorFile Open(byte[] bytes) => TensorFile.Open(folder.Write("a.pt", bytes));

    private void Refused(byte[] bytes, string reason)
    {
        var path = folder.Write("a.pt", bytes);
        var error = Assert.Throws<InvalidCheckpointException>(() => TensorFile.Open(path));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(reason, StringComparison.Ordinal), error.Message);
    }
}
