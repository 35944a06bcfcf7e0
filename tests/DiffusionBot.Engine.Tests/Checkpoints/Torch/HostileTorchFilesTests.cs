using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>Files made to run code, to hang, or to take the machine's memory.</summary>
public sealed class HostileTorchFilesTests
{
    // As much as any small file may take, and times its size.
    private const long Allowance = 4 << 20;
    private const long PerByte = 40;

    [Theory]
    [InlineData("bomb", "'archive/data/0' unpacks from 203842 bytes to 209715200; at most 200 times as much is believed")]
    [InlineData("build-setstate", "names 'os.system'")]
    [InlineData("deep", "holds more than 65536 values at once")]
    [InlineData("empty-stack", "takes a value where there is none")]
    [InlineData("empty", "the file is empty")]
    [InlineData("eval-p4", "names 'builtins.eval'")]
    [InlineData("ext-opcode", "opcode 0x82 (Ext1) is none that torch writes")]
    [InlineData("float-key", "a tensor of storage '0' has a size with 2.5 in it; expected integers")]
    [InlineData("getattr-chain", "names 'builtins.getattr'")]
    [InlineData("huge-long", "has a number of 2147483647 bytes; expected at most 255")]
    [InlineData("huge-string", "claims 4294967295 bytes at byte 53; it has 4 left")]
    [InlineData("inst-opcode", "names 'os.system'")]
    [InlineData("missing-storage", "storage '7' is not in the archive")]
    [InlineData("negative-offset", "a tensor of storage '0' begins at element -1")]
    [InlineData("negative-size", "a tensor of storage '0' has the negative size -4")]
    [InlineData("negative-stride", "a tensor of storage '0' has the negative stride -1")]
    [InlineData("newobj-popen", "names 'subprocess.Popen'")]
    [InlineData("no-stop", "claims 1 bytes at byte 49; it has 0 left")]
    [InlineData("numpy-frombuffer", "names 'numpy.frombuffer'")]
    [InlineData("obj-opcode", "names 'os.system'")]
    [InlineData("offset-past-end", "is [4] from element 3 with strides [1], and ends behind the storage's 4 elements")]
    [InlineData("overflow-size", "is [4611686018427387904, 4], more elements than the storage's 4")]
    [InlineData("raw-pickle-system", "names 'posix.system'")]
    [InlineData("size-too-big", "is [1000, 1000], more elements than the storage's 4")]
    [InlineData("stack-global", "names 'posix.system'")]
    [InlineData("storage-lies", "storage '0' claims 1000000000000 elements of F32, 4000000000000 bytes; the archive has 16 of it")]
    [InlineData("string-size", "a tensor of storage '0' has a size with the text '4' in it; expected integers")]
    [InlineData("system-legacy", "names 'posix.system'")]
    [InlineData("system-zip", "names 'posix.system'")]
    [InlineData("text", "this is no file of torch")]
    [InlineData("torch-load", "names 'torch.load'")]
    [InlineData("torch-utils-other", "names 'torch._utils._import_dotted_name'")]
    [InlineData("traversal-entry", "'../../evil' leads out of the archive")]
    [InlineData("traversal-key", "storage '../../../../etc/passwd' is not in the archive")]
    [InlineData("truncated-pickle", "claims 4 bytes at byte 52; it has 2 left")]
    [InlineData("truncated.zip", "it ends before its directory. The download may be incomplete")]
    [InlineData("unknown-opcode", "opcode 0xfe is none that torch writes")]
    public void A_hostile_file_is_refused_by_name_and_reason(string name, string reason)
    {
        var path = TestData.Reference($"torch-files/hostile/{name}.pt");
        var error = Bounded(path, () => Assert.Throws<InvalidCheckpointException>(() => TensorFile.Open(path)));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(reason, StringComparison.Ordinal), error.Message);
        Assert.InRange(error.Message.Length, 1, path.Length + 500);
    }

    [Fact]
    public void A_web_page_named_ckpt_is_told_as_one() =>
        Assert.Contains("this is a web page, not a model", Assert.Throws<InvalidCheckpointException>(() => TensorFile.Open(TestData.Reference("torch-files/hostile/html-instead.ckpt"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("self-reference")]
    [InlineData("memo-bomb")]
    public void What_is_odd_but_sound_holds_no_tensors(string name)
    {
        var path = TestData.Reference($"torch-files/hostile/{name}.pt");
        Assert.Empty(Bounded(path, () => TensorFile.Open(path)).Tensors);
    }

    [Fact]
    public void Every_hostile_file_is_tested()
    {
        var there = Directory.GetFiles(TestData.Reference("torch-files/hostile")).Count(file => Path.GetExtension(file) is ".pt" or ".ckpt");
        Assert.Equal(37 + 1 + 2, there);
    }

    private static T Bounded<T>(string path, Func<T> open)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = open();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allowance + PerByte * new FileInfo(path).Length);
        return result;
    }
}
