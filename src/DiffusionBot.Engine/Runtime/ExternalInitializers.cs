using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// OrtApi::AddExternalInitializers, which Microsoft's C# API leaves out. It puts numbers of ours in the place of initializers that a graph
/// declares external, before any optimisation looks at them: in place on the CPU, copied to the card on CUDA. (AddInitializer, which the C# API
/// has, is passed over on CUDA without an error, and the file's bytes are taken for the numbers.)
/// </summary>
internal static unsafe partial class ExternalInitializers
{
    // onnxruntime_c_api.h: functions are only ever added at the end, so places are fixed.
    private const uint ApiVersion = 14;
    private const int GetErrorMessage = 2;
    private const int ReleaseStatus = 93;
    private const int AddExternalInitializers = 210;

    /// <summary>Adds values by the names of the initializers. They must live as long as the session.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime refuses; its words are the message.</exception>
    public static void Add(SessionOptions options, IReadOnlyList<(string Name, OrtValue Value)> initializers)
    {
        var names = new byte*[initializers.Count];
        var values = new nint[initializers.Count];
        try
        {
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(initializers[i].Name);
                values[i] = HandleOf(initializers[i].Value);
            }
            fixed (byte** namesStart = names)
            fixed (nint* valuesStart = values)
            {
                var add = (delegate* unmanaged<nint, byte**, nint*, nuint, nint>)Function(AddExternalInitializers);
                Check(add(options.DangerousGetHandle(), namesStart, valuesStart, (nuint)names.Length));
            }
        }
        finally
        {
            foreach (var name in names) Marshal.FreeCoTaskMem((nint)name);
        }
    }

    private static void Check(nint status)
    {
        if (status == 0) return;
        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Function(GetErrorMessage))(status));
        ((delegate* unmanaged<nint, void>)Function(ReleaseStatus))(status);
        throw new InvalidOperationException($"ONNX Runtime did not take the weights: {message}");
    }

    private static nint Function(int index)
    {
        var getApi = (delegate* unmanaged<uint, nint*>)OrtGetApiBase()[0];
        return getApi(ApiVersion)[index];
    }

    [LibraryImport("onnxruntime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial nint* OrtGetApiBase();

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Handle")]
    private static extern nint HandleOf(OrtValue value);
}
