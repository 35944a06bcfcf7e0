using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;
using static DiffusionBot.Engine.Checkpoints.Torch.PickleOpcode;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

public sealed class UnpicklerTests
{
    private const string Where = "/models/x.pt";

    [Fact]
    public void Numbers_of_numpy_are_numbers()
    {
        var pickle = NumpyScalar(new PickleBytes(), "f8", [0, 0, 0, 0, 0, 0, 4, 64]);
        Assert.Equal(2.5, Read(pickle));
        Assert.Equal(-2L, Read(NumpyScalar(new PickleBytes(), "i4", [0xFE, 0xFF, 0xFF, 0xFF])));
        Assert.Equal(true, Read(NumpyScalar(new PickleBytes(), "b1", [1])));
        Refused(NumpyScalar(new PickleBytes(), "O8", [0, 0, 0, 0, 0, 0, 0, 0]), "calls numpy.core.multiarray.scalar with a tuple of 2, which it does not take");
        Refused(NumpyScalar(new PickleBytes(), "f8", [0]), "calls numpy.core.multiarray.scalar");
    }

    [Fact]
    public void An_array_of_numpy_is_passed_over()
    {
        var pickle = new PickleBytes().Op(EmptyDict).Text("lr").Global("numpy.core.multiarray", "_reconstruct").Global("numpy", "ndarray").Longs(0).Op(None, Tuple3, Reduce)
            .Op(Mark).Number(1).Longs(1).Op(None, NewFalse, None, PickleOpcode.Tuple, Build, SetItem).Text("epoch").Number(3).Op(SetItem);
        Assert.Equal(3L, Assert.IsType<PickleDict>(Read(pickle))["epoch"]);
        Refused(new PickleBytes().Global("numpy", "ndarray").Op(EmptyTuple, Reduce), "calls numpy.ndarray, which may only be named");
    }

    /// <summary>How embeddings of the original textual inversion keep their vectors.</summary>
    [Fact]
    public void A_parameter_dict_is_read_by_its_attributes()
    {
        var pickle = new PickleBytes().Global("torch.nn.modules.container", "ParameterDict").Op(EmptyTuple, NewObj, EmptyDict)
            .Text("_parameters").Global("collections", "OrderedDict").Op(EmptyTuple, Reduce).Text("*").Number(7).Op(SetItem, SetItem).Text("training").Op(NewTrue, SetItem, Build);
        var dict = Assert.IsType<PickleDict>(Read(pickle));
        Assert.Equal(7L, Assert.IsType<PickleDict>(dict["_parameters"])["*"]);
        Assert.Equal(true, dict["training"]);
    }

    [Fact]
    public void Attributes_of_a_dict_are_left_out()
    {
        var pickle = new PickleBytes().Global("collections", "OrderedDict").Op(EmptyTuple, Reduce).Text("a").Number(1).Op(SetItem, EmptyDict).Text("_metadata").Number(2).Op(SetItem, Build);
        Assert.Equal(["a"], Assert.IsType<PickleDict>(Read(pickle)).Entries.Select(e => e.Key));
    }

    [Fact]
    public void An_ordered_dict_of_pairs_keeps_their_order_and_the_last_value_of_a_key()
    {
        var pickle = new PickleBytes().Global("collections", "OrderedDict").Op(Mark, EmptyList, Mark);
        foreach (var (key, value) in ((string, long)[])[("z", 1), ("a", 2), ("z", 3)]) pickle.Text(key).Number(value).Op(Tuple2);
        var dict = Assert.IsType<PickleDict>(Read(pickle.Op(Appends, PickleOpcode.Tuple, Reduce)));
        Assert.Equal([("z", 3L), ("a", 2L)], dict.Entries.Select(e => ((string)e.Key, (long)e.Value!)));
    }

    [Fact]
    public void A_value_may_hold_itself()
    {
        var list = Assert.IsType<PickleList>(Read(new PickleBytes().Op(EmptyList).Put(0).Get(0).Op(Append)));
        Assert.Same(list, Assert.Single(list.Items));
    }

    [Fact]
    public void None_may_be_a_key_and_a_list_may_not()
    {
        Assert.Equal(1, Assert.IsType<PickleDict>(Read(new PickleBytes().Op(EmptyDict, None, None, SetItem))).Count);
        Refused(new PickleBytes().Op(EmptyDict, EmptyList, None, SetItem), "it has a list as a key");
    }

    [Theory]
    [InlineData("builtins", "exec")]
    [InlineData("collections", "defaultdict")]
    [InlineData("torch", "nn")]
    [InlineData("torch.jit._pickle", "build_intlist")]
    [InlineData("numpy.core.multiarray", "frombuffer")]
    public void Every_other_name_is_refused_by_it(string module, string name)
    {
        Refused(new PickleBytes().Global(module, name), $"it names '{module}.{name}'");
        Refused(new PickleBytes().Text(module).Text(name).Op(StackGlobal), $"it names '{module}.{name}'");
    }

    [Fact]
    public void A_name_with_dots_leads_nowhere() =>
        Refused(new PickleBytes().Text("torch").Text("Size.__class__.__base__").Op(StackGlobal), "it names 'torch.Size.__class__.__base__'");

    [Fact]
    public void What_may_be_named_only_is_not_called()
    {
        Refused(new PickleBytes().Global("pytorch_lightning.callbacks", "ModelCheckpoint").Op(EmptyTuple, Reduce), "calls pytorch_lightning.callbacks.ModelCheckpoint, which may only be named");
        Refused(new PickleBytes().Global("torch", "FloatStorage").Op(EmptyTuple, Reduce), "calls torch.FloatStorage, which may only be named");
        Refused(new PickleBytes().Text("os.system").Op(EmptyTuple, Reduce), "calls the text 'os.system'; expected a name");
    }

    [Fact]
    public void A_persistent_id_that_is_no_storages_is_refused()
    {
        Refused(new PickleBytes().Text("storage").Op(BinPersId), "it has the persistent id the text 'storage'");
        Refused(new PickleBytes().Tensor("FloatStorage", "0", 4, 0, [4], [1]), "it has a storage where none may be");
    }

    /// <summary>Small pickles whose values are used again and again: the work must not multiply.</summary>
    [Theory]
    [InlineData("dict")]
    [InlineData("set")]
    [InlineData("bytes")]
    [InlineData("state")]
    [InlineData("keys")]
    public void What_is_kept_is_not_multiplied(string what)
    {
        const int many = 20_000;
        var pickle = new PickleBytes();
        if (what == "dict")
        {
            pickle.Global("collections", "OrderedDict").Put(1).Op(EmptyList, Mark);
            for (var i = 0; i < many; i++) pickle.Number(i).Number(i).Op(Tuple2);
            pickle.Op(Appends, Tuple1).Put(0);
        }
        else if (what == "set")
        {
            pickle.Global("builtins", "set").Put(1).Op(EmptyList, Mark);
            for (var i = 0; i < many; i++) pickle.Number(i);
            pickle.Op(Appends, Tuple1).Put(0);
        }
        else if (what == "bytes")
        {
            pickle.Global("_codecs", "encode").Put(1).Text(new string('x', 300_000)).Text("latin1").Op(Tuple2).Put(0);
        }
        else if (what == "state")
        {
            pickle.Global("torch.nn.modules.container", "ParameterDict").Op(EmptyTuple, Reduce).Put(1).Op(EmptyDict, Mark);
            for (var i = 0; i < many; i++) pickle.Number(i).Number(i);
            pickle.Op(SetItems).Put(0);
        }
        else
        {
            pickle.Op(EmptyDict).Put(1).Text(new string('x', 300_000)).Put(0);
        }
        for (var i = 0; i < many; i++)
        {
            pickle.Get(1).Get(0).Op(what switch { "state" => Build, "keys" => None, _ => Reduce });
            if (what == "keys") pickle.Op(SetItem);
        }
        var bytes = pickle.ToBytes();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidCheckpointException>(() => new Unpickler(new PickleInput(bytes, Where), Where, null).Read());
        Assert.Contains(what == "keys" ? "as a key" : "takes more than 1000000 steps", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 << 20);
    }

    private static PickleBytes NumpyScalar(PickleBytes pickle, string code, byte[] bytes) => pickle
        .Global("numpy.core.multiarray", "scalar").Global("numpy", "dtype").Text(code).Op(NewFalse, NewTrue, Tuple3, Reduce)
        .Op(Mark).Number(3).Text("<").Op(None, None, None).Number(-1).Number(-1).Number(0).Op(PickleOpcode.Tuple, Build)
        .Op(ShortBinBytes).Raw((byte)bytes.Length).Raw(bytes).Op(Tuple2, Reduce);

    private static object? Read(PickleBytes pickle) => new Unpickler(new PickleInput(pickle.ToBytes(), Where), Where, null).Read();

    private static void Refused(PickleBytes pickle, string reason)
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => Read(pickle));
        Assert.StartsWith($"{Where}: ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(reason, StringComparison.Ordinal), error.Message);
    }
}
