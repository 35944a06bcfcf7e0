namespace DiffusionBot.Imaging.Native;

/// <summary>An image of libvips as a bitmap.</summary>
internal static unsafe class VipsPixels
{
    private const int UChar = 0;   // VipsBandFormat

    /// <summary>Computes and copies its pixels.</summary>
    /// <exception cref="VipsException">Not 1, 3 or 4 channels of 8 bits, or what it comes from is damaged.</exception>
    public static Bitmap Read(GObjectHandle image)
    {
        var (width, height, bands) = (VipsNative.ImageWidth(image), VipsNative.ImageHeight(image), VipsNative.ImageBands(image));
        if (VipsNative.ImageBandFormat(image) != UChar || bands is not (1 or 3 or 4))
            throw new VipsException($"{bands} channels of format {VipsNative.ImageBandFormat(image)}", "expected 1, 3 or 4 of 8 bits");
        var memory = VipsNative.ImageWriteToMemory(image, out var size);
        if (memory == 0) throw new VipsException("its pixels", VipsNative.TakeError());
        try
        {
            return new(width, height, bands, new ReadOnlySpan<byte>((void*)memory, checked((int)size)).ToArray());
        }
        finally
        {
            VipsNative.Free(memory);
        }
    }
}
