using System.Runtime.InteropServices;

namespace DiffusionBot.Imaging.Native;

/// <summary>The few functions of libvips and GObject that are called, none of them variadic. Sizes (size_t, GType) are nuint.</summary>
internal static unsafe partial class VipsNative
{
    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Init(string program);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_cache_set_max")]
    public static partial void CacheSetMax(int operations);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_concurrency_set")]
    public static partial void ConcurrencySet(int threads);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_block_untrusted_set")]
    public static partial void BlockUntrustedSet(int state);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_error_buffer_copy")]
    private static partial nint ErrorBufferCopy();

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_log_set_default_handler")]
    public static partial nint SetLogHandler(delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> handler, nint data);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_operation_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial GObjectHandle OperationNew(string name);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_cache_operation_build")]
    public static partial GObjectHandle OperationBuild(GObjectHandle operation);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_object_unref_outputs")]
    public static partial void UnrefOutputs(GObjectHandle operation);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_new_from_memory")]
    public static partial GObjectHandle ImageNewFromMemory(byte* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_write_to_memory")]
    public static partial nint ImageWriteToMemory(GObjectHandle image, out nuint size);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_get_width")]
    public static partial int ImageWidth(GObjectHandle image);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_get_height")]
    public static partial int ImageHeight(GObjectHandle image);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_get_bands")]
    public static partial int ImageBands(GObjectHandle image);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_get_format")]
    public static partial int ImageBandFormat(GObjectHandle image);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_get_interpretation")]
    public static partial int ImageInterpretation(GObjectHandle image);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_image_get_typeof", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nuint ImageTypeOf(GObjectHandle image, string field);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_blob_new")]
    public static partial nint BlobNew(nint free, byte* data, nuint size);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_blob_get")]
    public static partial byte* BlobGet(nint blob, out nuint size);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "vips_area_unref")]
    public static partial void AreaUnref(nint area);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_object_unref")]
    public static partial void ObjectUnref(nint instance);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_object_set_property", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetProperty(GObjectHandle instance, string name, ref GValue value);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_object_get_property", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void GetProperty(GObjectHandle instance, string name, ref GValue value);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_type_from_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nuint TypeFromName(string name);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_init")]
    public static partial nint ValueInit(ref GValue value, nuint type);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_unset")]
    public static partial void ValueUnset(ref GValue value);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_set_int")]
    public static partial void ValueSetInt(ref GValue value, int content);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_set_boolean")]
    public static partial void ValueSetBoolean(ref GValue value, int content);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_set_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void ValueSetString(ref GValue value, string content);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_set_enum")]
    public static partial void ValueSetEnum(ref GValue value, int content);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_set_flags")]
    public static partial void ValueSetFlags(ref GValue value, uint content);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_set_object")]
    public static partial void ValueSetObject(ref GValue value, GObjectHandle content);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_set_boxed")]
    public static partial void ValueSetBoxed(ref GValue value, nint content);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_dup_object")]
    public static partial GObjectHandle ValueDupObject(ref GValue value);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_value_get_boxed")]
    public static partial nint ValueGetBoxed(ref GValue value);

    [LibraryImport(VipsLibrary.Name, EntryPoint = "g_free")]
    public static partial void Free(nint memory);

    /// <summary>What libvips last complained of, on one line; its buffer is empty afterwards.</summary>
    public static string TakeError()
    {
        var text = ErrorBufferCopy();
        try
        {
            return (Marshal.PtrToStringUTF8(text) ?? "").Trim().ReplaceLineEndings("; ");
        }
        finally
        {
            Free(text);
        }
    }
}

/// <summary>GLib's GValue: a type and two words. Whoever initialises one unsets it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GValue
{
    private nuint type;
    private ulong first;
    private ulong second;
}
