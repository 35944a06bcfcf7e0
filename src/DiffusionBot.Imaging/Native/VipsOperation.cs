using System.Runtime.InteropServices;

namespace DiffusionBot.Imaging.Native;

/// <summary>
/// One run of a libvips operation: inputs are set as GObject properties by their libvips names, the operation is built,
/// and one output is read back. Variadic vips_* calls are avoided because their calling convention differs by system.
/// </summary>
internal sealed class VipsOperation : IDisposable
{
    // G_TYPE_* fundamentals are (number << 2), fixed by GLib's ABI.
    private const nuint TypeInt = 6 << 2, TypeBoolean = 5 << 2, TypeString = 16 << 2;

    private readonly string name;
    private readonly GObjectHandle operation;

    public VipsOperation(string name)
    {
        VipsLibrary.EnsureStarted();
        this.name = name;
        operation = VipsNative.OperationNew(name);
        if (operation.IsInvalid) throw new VipsException($"libvips has no operation '{name}'", VipsNative.TakeError());
    }

    public VipsOperation Set(string property, int content) =>
        SetValue(property, TypeInt, (ref v) => VipsNative.ValueSetInt(ref v, content));

    public VipsOperation Set(string property, bool content) =>
        SetValue(property, TypeBoolean, (ref v) => VipsNative.ValueSetBoolean(ref v, content ? 1 : 0));

    public VipsOperation Set(string property, string content) =>
        SetValue(property, TypeString, (ref v) => VipsNative.ValueSetString(ref v, content));

    public VipsOperation Set(string property, GObjectHandle image) =>
        SetValue(property, TypeNamed("VipsImage"), (ref v) => VipsNative.ValueSetObject(ref v, image));

    /// <param name="property">The operation's input.</param>
    /// <param name="enumType">GType name of the enumeration, as VipsInterpretation.</param>
    /// <param name="content">The member's number in libvips' headers.</param>
    public VipsOperation SetEnum(string property, string enumType, int content) =>
        SetValue(property, TypeNamed(enumType), (ref v) => VipsNative.ValueSetEnum(ref v, content));

    public VipsOperation SetFlags(string property, string flagsType, uint content) =>
        SetValue(property, TypeNamed(flagsType), (ref v) => VipsNative.ValueSetFlags(ref v, content));

    /// <summary>Gives bytes to read from; they must stay pinned until every image that came of them is disposed.</summary>
    public unsafe VipsOperation SetPinnedBytes(string property, byte* data, int length)
    {
        var blob = VipsNative.BlobNew(0, data, (nuint)length);
        try
        {
            return SetValue(property, TypeNamed("VipsBlob"), (ref v) => VipsNative.ValueSetBoxed(ref v, blob));
        }
        finally
        {
            VipsNative.AreaUnref(blob);   // the property holds its own reference
        }
    }

    /// <summary>Runs it and returns the image output.</summary>
    public GObjectHandle ToImage(string output = "out") =>
        Run(output, TypeNamed("VipsImage"), (ref v) => VipsNative.ValueDupObject(ref v));

    /// <summary>Runs it and returns a copy of the blob output.</summary>
    public byte[] ToBytes(string output = "buffer") => Run(output, TypeNamed("VipsBlob"), CopyBlob);

    public void Dispose() => operation.Dispose();

    private static nuint TypeNamed(string type) => VipsNative.TypeFromName(type) is var number and not 0 ? number
        : throw new VipsException($"libvips has no type '{type}'", "");

    private static unsafe byte[] CopyBlob(ref GValue value)
    {
        var data = VipsNative.BlobGet(VipsNative.ValueGetBoxed(ref value), out var size);
        return new ReadOnlySpan<byte>(data, checked((int)size)).ToArray();
    }

    private VipsOperation SetValue(string property, nuint type, ValueAction set)
    {
        var value = default(GValue);
        VipsNative.ValueInit(ref value, type);
        try
        {
            set(ref value);
            VipsNative.SetProperty(operation, property, ref value);
        }
        finally
        {
            VipsNative.ValueUnset(ref value);
        }
        return this;
    }

    private T Run<T>(string output, nuint type, ValueReader<T> read)
    {
        using var built = VipsNative.OperationBuild(operation);
        if (built.IsInvalid)
        {
            // A build that failed half-way may already hold outputs, which nobody else would give back.
            VipsNative.UnrefOutputs(operation);
            throw new VipsException(name, VipsNative.TakeError());
        }
        var value = default(GValue);
        VipsNative.ValueInit(ref value, type);
        try
        {
            VipsNative.GetProperty(built, output, ref value);
            return read(ref value);
        }
        finally
        {
            VipsNative.ValueUnset(ref value);
            VipsNative.UnrefOutputs(built);
        }
    }

    private delegate void ValueAction(ref GValue value);

    private delegate T ValueReader<T>(ref GValue value);
}
