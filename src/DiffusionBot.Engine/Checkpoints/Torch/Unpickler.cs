using System.Numerics;
using System.Text;

namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>
/// Reads a pickle as torch writes them (protocols 2 to 5): numbers, texts, dicts, lists, tensors. A name that is not one of
/// <see cref="PickleGlobals"/> is an error that says it; no code of any file runs, ever, and nothing outside the pickle is looked at.
/// Format: CPython's Lib/pickletools.py. Time and memory grow with the pickle's bytes only.
/// </summary>
/// <param name="input">From its first byte; read to its STOP.</param>
/// <param name="path">For messages.</param>
/// <param name="storages">What persistent ids stand for; null: there are none.</param>
internal sealed class Unpickler(PickleInput input, string path, ITorchStorages? storages)
{
    // A checkpoint's weights take 50,000, with all its training state half a million.
    private const int MaxSteps = 1_000_000;

    // Python writes containers in batches of 1,000 items; tuples of more than a few are not in models.
    private const int MaxStack = 1 << 16;

    // Of a key: each use of it takes time by its length.
    private const int MaxName = 1024;

    private static readonly object True = true;
    private static readonly object False = false;

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private long opcodeAt;
    private long steps;

    /// <summary>The pickle's value; see PickleValues.cs for what it may be.</summary>
    /// <exception cref="InvalidCheckpointException">It is damaged, too large, or wants what no model needs.</exception>
    public object? Read()
    {
        while (true)
        {
            opcodeAt = input.Position;
            Spend(1);
            var opcode = (PickleOpcode)input.Byte();
            if (opcode == PickleOpcode.Stop) return Pop();
            Execute(opcode);
            if (stack.Count > MaxStack) throw Error($"it holds more than {MaxStack} values at once, in no list or dict");
        }
    }

    /// <summary>Values that were read once can be used again and again, so work is counted where it is done.</summary>
    private void Spend(long count)
    {
        steps += count;
        if (steps > MaxSteps) throw Error($"it takes more than {MaxSteps} steps");
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto: ReadProtocol(); break;
            case PickleOpcode.Frame: input.Bytes(sizeof(ulong)); break;   // frames are for buffering; what they hold says itself how long it is
            case PickleOpcode.Mark: marks.Add(stack.Count); CheckMarks(); break;
            case PickleOpcode.Pop: Drop(); break;
            case PickleOpcode.PopMark: PopToMark(); break;
            case PickleOpcode.Dup: Push(Peek()); break;

            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(True); break;
            case PickleOpcode.NewFalse: Push(False); break;
            case PickleOpcode.BinInt: Push((long)input.Int32()); break;
            case PickleOpcode.BinInt1: Push((long)input.Byte()); break;
            case PickleOpcode.BinInt2: Push((long)input.UInt16()); break;
            case PickleOpcode.Long1: Push(ReadLong(input.Byte())); break;
            case PickleOpcode.Long4: Push(ReadLong(input.Int32())); break;
            case PickleOpcode.BinFloat: Push(input.Double()); break;

            case PickleOpcode.String: Push(input.Line().Trim('\'', '"')); break;
            case PickleOpcode.BinString: Push(Encoding.Latin1.GetString(input.Bytes((uint)input.Int32()))); break;
            case PickleOpcode.ShortBinString: Push(Encoding.Latin1.GetString(input.Bytes(input.Byte()))); break;
            case PickleOpcode.BinUnicode: Push(input.Text((uint)input.Int32())); break;
            case PickleOpcode.ShortBinUnicode: Push(input.Text(input.Byte())); break;
            case PickleOpcode.BinUnicode8: Push(input.Text((ulong)input.Int64())); break;
            case PickleOpcode.BinBytes: Push(input.Bytes((uint)input.Int32()).ToArray()); break;
            case PickleOpcode.ShortBinBytes: Push(input.Bytes(input.Byte()).ToArray()); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: Push(input.Bytes((ulong)input.Int64()).ToArray()); break;

            case PickleOpcode.EmptyList: Push(new PickleList()); break;
            case PickleOpcode.EmptyDict: Push(new PickleDict()); break;
            case PickleOpcode.EmptySet: Push(new PickleSet()); break;
            case PickleOpcode.EmptyTuple: Push(PickleTuple.Empty); break;
            case PickleOpcode.Tuple1: Push(new PickleTuple(PopMany(1))); break;
            case PickleOpcode.Tuple2: Push(new PickleTuple(PopMany(2))); break;
            case PickleOpcode.Tuple3: Push(new PickleTuple(PopMany(3))); break;
            case PickleOpcode.Tuple: Push(new PickleTuple(PopToMark())); break;
            case PickleOpcode.FrozenSet: Push(SetOf(PopToMark())); break;
            case PickleOpcode.List: Push(ListOf(PopToMark())); break;
            case PickleOpcode.Dict: SetItems(new PickleDict(), PopToMark(), push: true); break;
            case PickleOpcode.Append: AddAll(PopMany(1)); break;
            case PickleOpcode.Appends or PickleOpcode.AddItems: AddAll(PopToMark()); break;
            case PickleOpcode.SetItem: SetItems(Peek(below: 2), PopMany(2)); break;
            case PickleOpcode.SetItems: var pairs = PopToMark(); SetItems(Peek(), pairs); break;

            case PickleOpcode.BinGet: Push(Get(input.Byte())); break;
            case PickleOpcode.LongBinGet: Push(Get((uint)input.Int32())); break;
            case PickleOpcode.BinPut: memo[input.Byte()] = Peek(); break;
            case PickleOpcode.LongBinPut: memo[(uint)input.Int32()] = Peek(); break;
            case PickleOpcode.Memoize: memo[(uint)memo.Count] = Peek(); break;

            case PickleOpcode.Global: Push(Global(input.Line(), input.Line())); break;
            case PickleOpcode.StackGlobal: Push(StackGlobal()); break;
            case PickleOpcode.BinPersId: Push(Storage(Pop())); break;
            case PickleOpcode.Reduce: Push(Call(Pop(), Pop())); break;
            case PickleOpcode.NewObj: Push(Call(Pop(), Pop())); break;
            case PickleOpcode.Build: Build(Pop(), Peek()); break;
            case PickleOpcode.Inst: throw Error($"it calls {Global(input.Line(), input.Line()).FullName} by INST, which torch does not write");
            default: throw Error($"opcode 0x{(int)opcode:x2}{(Enum.IsDefined(opcode) ? $" ({opcode})" : "")} is none that torch writes");
        }
    }

    private void ReadProtocol()
    {
        var protocol = input.Byte();
        if (protocol is < 2 or > 5) throw Error($"its protocol is {protocol}; expected 2 to 5");
    }

    private void CheckMarks()
    {
        if (marks.Count > MaxStack) throw Error($"it opens more than {MaxStack} lists at once");
    }

    /// <summary>A signed number of any length, little-endian; a long where it fits.</summary>
    private object ReadLong(int bytes)
    {
        const int most = 255;   // as LONG1; torch's magic number takes 10
        if (bytes is < 0 or > most) throw Error($"it has a number of {bytes} bytes; expected at most {most}");
        var number = new BigInteger(input.Bytes((ulong)bytes));
        return number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;
    }

    private void Push(object? value) => stack.Add(value);

    private object? Pop()
    {
        var value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    /// <summary>POP also takes a mark away, where that is what is on top.</summary>
    private void Drop()
    {
        if (marks.Count > 0 && marks[^1] == stack.Count) marks.RemoveAt(marks.Count - 1);
        else Pop();
    }

    private object? Peek(int below = 0) => stack.Count - below > (marks.Count == 0 ? 0 : marks[^1]) ? stack[^(below + 1)] : throw Error("it takes a value where there is none");

    private object?[] PopMany(int count)
    {
        Peek(count - 1);
        var values = stack.GetRange(stack.Count - count, count).ToArray();
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (marks.Count == 0) throw Error("it ends a list that it did not begin");
        var values = stack.Count == marks[^1] ? [] : PopMany(stack.Count - marks[^1]);
        marks.RemoveAt(marks.Count - 1);
        return values;
    }

    private object? Get(uint place) => memo.TryGetValue(place, out var value) ? value : throw Error($"it takes value {place}, which it has not kept");

    private void AddAll(object?[] items)
    {
        switch (Peek())
        {
            case PickleList list:
                foreach (var item in items) list.Add(item);
                break;
            case PickleSet set:
                foreach (var item in items) set.Add(item);
                break;
            case var other: throw Error($"it appends to {PickleText.Of(other)}; expected a list or set");
        }
    }

    private void SetItems(object? target, object?[] pairs, bool push = false)
    {
        if (target is not PickleDict dict) throw Error($"it sets an entry of {PickleText.Of(target)}; expected a dict");
        if (pairs.Length % 2 != 0) throw Error("it sets an entry that has a key and no value");
        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is PickleDict or PickleList or PickleSet or TorchTensor || pairs[i] is string { Length: > MaxName }) throw Error($"it has {PickleText.Of(pairs[i])} as a key");
            dict.Set(pairs[i], pairs[i + 1]);
        }
        if (push) Push(dict);
    }

    private PickleGlobal StackGlobal()
    {
        var (name, module) = (Pop(), Pop());
        return module is string m && name is string n ? Global(m, n) : throw Error($"it names {PickleText.Of(module)} and {PickleText.Of(name)}; expected two texts");
    }

    private PickleGlobal Global(string module, string name) => PickleGlobals.Find(module, name)
        ?? throw Error($"it names '{ModelFileAccess.Printable(module)}.{ModelFileAccess.Printable(name)}', which no model needs and which may do harm where Python reads it; none of it was run");

    private TorchStorage Storage(object? id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal { IsStorage: true } type, string key, string, long elements, ..] parts })
            throw Error($"it has the persistent id {PickleText.Of(id)}; expected a storage's type, key, place and size");
        if (parts.Count > 6 || (parts.Count == 6 && parts[5] is not null)) throw Error("it has a view of a storage, as torch before 0.4 wrote them; expected whole storages");
        if (key.Length > MaxName) throw Error($"it has a storage whose name has {key.Length} characters; expected at most {MaxName}");
        if (elements < 0) throw Error($"storage '{ModelFileAccess.Printable(key)}' claims {elements} elements");
        return storages?.Get(key, type.Type, elements) ?? throw Error("it has a storage where none may be");
    }

    private object? Call(object? arguments, object? callable)
    {
        if (callable is not PickleGlobal global) throw Error($"it calls {PickleText.Of(callable)}; expected a name");
        if (arguments is not PickleTuple tuple) throw Error($"it calls {global.FullName} with {PickleText.Of(arguments)}; expected a tuple");
        foreach (var argument in tuple.Items) Spend(argument is string text ? text.Length / 16 : argument is PickleTuple inner ? inner.Items.Count : argument is PickleList list ? list.Items.Count : 1);
        return PickleCalls.TryCall(global, tuple.Items, out var result) ? result
            : throw Error(global.Call == PickleCall.None ? $"it calls {global.FullName}, which may only be named" : $"it calls {global.FullName} with {PickleText.Of(arguments)}, which it does not take");
    }

    /// <summary>Attributes of an object: those of a ParameterDict hold its tensors, those of a dict (torch's `_metadata`) nothing that is needed.</summary>
    private void Build(object? state, object? target)
    {
        switch (target, state)
        {
            case (PickleDict { IsObject: true } dict, PickleDict attributes):
                Spend(attributes.Count);
                foreach (var (key, value) in attributes.Entries.ToArray()) dict.Set(key, value);   // it may be its own state
                break;
            case (PickleDict, PickleDict) or (NumpyArray, PickleTuple):
                break;
            case (NumpyType, PickleTuple { Items: [long, "<" or "|" or "=", ..] }):
                break;
            default:
                throw Error($"it gives {PickleText.Of(target)} the state {PickleText.Of(state)}; expected a dict and its attributes");
        }
    }

    private static PickleList ListOf(object?[] items)
    {
        var list = new PickleList();
        foreach (var item in items) list.Add(item);
        return list;
    }

    private static PickleSet SetOf(object?[] items)
    {
        var set = new PickleSet();
        foreach (var item in items) set.Add(item);
        return set;
    }

    private InvalidCheckpointException Error(string found) => new($"{path}: the pickle is refused at byte {opcodeAt}: {found}.");
}
