using System.Runtime.InteropServices;

namespace DiffusionBot.Imaging.Native;

/// <summary>One reference to a GObject (an image or an operation), given back when disposed.</summary>
internal sealed class GObjectHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        VipsNative.ObjectUnref(handle);
        return true;
    }
}
