using System.Buffers.Binary;
using System.Text;
using DiffusionBot.Engine.Checkpoints.Torch;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>Writes pickles of protocol 2 for tests, step by step.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> bytes = [0x80, 2];

    public PickleBytes Op(params ReadOnlySpan<PickleOpcode> opcodes)
    {
        foreach (var opcode in opcodes) bytes.Add((byte)opcode);
        return this;
    }

    public PickleBytes Raw(params ReadOnlySpan<byte> more)
    {
        bytes.AddRange(more);
        return this;
    }

    public PickleBytes Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Op(PickleOpcode.BinUnicode).Four(utf8.Length);
        return Raw(utf8);
    }

    public PickleBytes Number(long number)
    {
        var eight = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(eight, number);
        return Op(PickleOpcode.Long1).Raw(sizeof(long)).Raw(eight);
    }

    public PickleBytes Global(string module, string name) => Op(PickleOpcode.Global).Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleBytes Put(byte place) => Op(PickleOpcode.BinPut).Raw(place);

    public PickleBytes Get(byte place) => Op(PickleOpcode.BinGet).Raw(place);

    /// <summary>A tuple of longs.</summary>
    public PickleBytes Longs(params ReadOnlySpan<long> numbers)
    {
        Op(PickleOpcode.Mark);
        foreach (var number in numbers) Number(number);
        return Op(PickleOpcode.Tuple);
    }

    /// <summary>A tensor of a storage, as torch._utils._rebuild_tensor_v2 makes it.</summary>
    public PickleBytes Tensor(string storageClass, string key, long elements, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op(PickleOpcode.Mark, PickleOpcode.Mark).Text("storage").Global("torch", storageClass).Text(key).Text("cpu").Number(elements);
        Op(PickleOpcode.Tuple, PickleOpcode.BinPersId).Number(offset).Longs(shape).Longs(strides).Op(PickleOpcode.NewFalse);
        return Global("collections", "OrderedDict").Op(PickleOpcode.EmptyTuple, PickleOpcode.Reduce, PickleOpcode.Tuple, PickleOpcode.Reduce);
    }

    public byte[] ToBytes() => [.. bytes, (byte)PickleOpcode.Stop];

    private PickleBytes Four(int number)
    {
        var four = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(four, number);
        return Raw(four);
    }
}
