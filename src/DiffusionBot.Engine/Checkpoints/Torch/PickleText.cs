using System.Numerics;

namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>Values of pickles in messages.</summary>
internal static class PickleText
{
    /// <summary>What a value is, in a few words.</summary>
    public static string Of(object? value) => value switch
    {
        null => "None",
        string text => $"the text '{ModelFileAccess.Printable(text)}'",
        bool or long or double => $"{value}",
        BigInteger => "a large number",
        byte[] bytes => $"{bytes.Length} bytes",
        PickleTuple tuple => $"a tuple of {tuple.Items.Count}",
        PickleGlobal global => global.FullName,
        TorchTensor => "a tensor",
        TorchStorage => "a storage",
        PickleDict => "a dict",
        PickleList => "a list",
        PickleSet => "a set",
        _ => "a value of another kind",
    };
}
