using DiffusionBot.Imaging;
using Microsoft.Extensions.Caching.Memory;

namespace DiffusionBot.Web.Pictures;

/// <summary>Small JPEG copies of pictures, kept in memory up to a limit. Few are made at once: each wants its pixels.</summary>
internal sealed class PictureCopies : IDisposable
{
    private const long MostBytes = 64 << 20;
    private const int MadeAtOnce = 2, Quality = 84, LongestPacket = 16_000;

    private static readonly int[] widths = [160, 320, 640, 1280];

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MostBytes });
    private readonly SemaphoreSlim gate = new(MadeAtOnce);

    /// <summary>The width that is made for a wish: one of a few, so that nobody fills the memory with sizes.</summary>
    public static int WidthFor(int? wish) => Array.Find(widths, w => w >= (wish ?? 320)) is var found and > 0 ? found : widths[^1];

    /// <summary>The copy; null where there is no original, or none that can be decoded.</summary>
    /// <param name="name">Of the original, for ever the same content.</param>
    /// <param name="width">From <see cref="WidthFor"/>; never enlarged.</param>
    /// <param name="original">Reads it.</param>
    /// <param name="cancel">Nobody waits any more.</param>
    public async Task<byte[]?> GetAsync(string name, int width, Func<Task<byte[]?>> original, CancellationToken cancel)
    {
        var key = $"{width}:{name}";
        if (cache.TryGetValue(key, out byte[]? copy)) return copy;
        await gate.WaitAsync(cancel);
        try
        {
            if (cache.TryGetValue(key, out copy)) return copy;
            if (await original() is not { } bytes || Make(bytes, width) is not { } made) return null;
            cache.Set(key, made, new MemoryCacheEntryOptions { Size = made.Length + 200 });
            return made;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A small copy as a data URI, for where there is no address to fetch it from; null where the picture cannot be decoded.</summary>
    public async Task<string?> InlineAsync(ReadOnlyMemory<byte> picture, int width, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            return Make(picture, width) is { } made ? $"data:image/jpeg;base64,{Convert.ToBase64String(made)}" : null;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        cache.Dispose();
        gate.Dispose();
    }

    private static byte[]? Make(ReadOnlyMemory<byte> picture, int width)
    {
        try
        {
            var bitmap = PictureReader.Decode(picture).Bitmap;
            if (bitmap.Width > width)
                bitmap = Resampling.Resize(bitmap, width, Math.Max(1, (int)Math.Round((double)bitmap.Height * width / bitmap.Width)), ResampleFilter.Bicubic);
            var jpeg = PictureWriter.Jpeg(bitmap, Quality, null);
            // A mark that programs read stays with the copy.
            return PictureXmp.Read(picture.Span) is { Length: <= LongestPacket } packet ? PictureXmp.Write(jpeg, packet) : jpeg;
        }
        catch (InvalidPictureException)
        {
            return null;
        }
    }
}
