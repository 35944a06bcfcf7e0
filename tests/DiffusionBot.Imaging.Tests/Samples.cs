using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using DiffusionBot.Imaging.Formats;

namespace DiffusionBot.Imaging.Tests;

/// <summary>Pictures and files that tests are made of.</summary>
internal static class Samples
{
    /// <summary>The picture that every file of tests/reference/imaging shows: 56x40, RGB.</summary>
    public static Bitmap Source { get; } = Reference("source");

    public static byte[] File(string name) => System.IO.File.ReadAllBytes(TestData.Reference($"imaging/{name}"));

    public static Bitmap Reference(string tensor)
    {
        var all = ReferenceTensors.Open("imaging/imaging.safetensors");
        var shape = all.Shape(tensor);
        return new(shape[1], shape[0], shape[2], all.Read<byte>(tensor, "U8"));
    }

    /// <summary>A smooth picture with some noise, of any channel count.</summary>
    public static Bitmap Noise(int width, int height, int channels, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)((i / channels % width * 3) + (i % channels * 60) + random.Next(24));
        return new(width, height, channels, pixels);
    }

    /// <summary>A PNG by hand: raw rows without filter bytes, and chunks that stand before the pixels.</summary>
    public static byte[] Png(int width, int height, byte bitDepth, byte colourType, byte[] rows, params (string Type, byte[] Data)[] before)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bitDepth, colourType);
        using var filtered = new MemoryStream();
        var stride = rows.Length / Math.Max(1, height);
        for (var y = 0; y < height && rows.Length > 0; y++)
        {
            filtered.WriteByte(0);
            filtered.Write(rows, y * stride, stride);
        }
        return Png([("IHDR", header), .. before, ("IDAT", Deflate(filtered.ToArray())), ("IEND", [])]);
    }

    public static byte[] Png(params (string Type, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write(PngFile.Signature);
        foreach (var (type, data) in chunks)
        {
            byte[] chunk = [.. Encoding.Latin1.GetBytes(type), .. data];
            file.Write(BigEndian((uint)data.Length));
            file.Write(chunk);
            file.Write(BigEndian(Crc32.Of(chunk)));
        }
        return file.ToArray();
    }

    public static byte[] Deflate(byte[] data)
    {
        using var result = new MemoryStream();
        using (var deflater = new ZLibStream(result, CompressionLevel.Fastest)) deflater.Write(data);
        return result.ToArray();
    }

    public static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>A GIF by hand: the frames share one 1x1 picture.</summary>
    public static byte[] Gif(int width, int height, int frames, params byte[][] extensions)
    {
        byte[] header = [.. "GIF89a"u8, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
        byte[] frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0];
        return [.. header, .. extensions.SelectMany(e => e), .. Enumerable.Repeat(frame, frames).SelectMany(f => f), 0x3B];
    }

    /// <summary>A BMP by hand.</summary>
    public static byte[] Bmp(int width, int height, ushort bits, uint compression, byte[] table, byte[] rows, int headerBytes = 40)
    {
        var file = new byte[14 + headerBytes];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 14 + headerBytes + table.Length);
        var header = file.AsSpan(14);
        BinaryPrimitives.WriteInt32LittleEndian(header, headerBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], width);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], height);
        header[12] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header[14..], bits);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], compression);
        return [.. file, .. table, .. rows];
    }
}

/// <summary>Comparisons of pictures that say how far off they are, and where.</summary>
internal static class PictureAssert
{
    public static void Close(Bitmap expected, Bitmap actual, int tolerance, string label)
    {
        Assert.Equal((label, expected.Width, expected.Height, expected.Channels), (label, actual.Width, actual.Height, actual.Channels));
        for (var i = 0; i < expected.Pixels.Length; i++)
        {
            var off = Math.Abs(expected.Pixels[i] - actual.Pixels[i]);
            Assert.True(off <= tolerance, $"{label}: {actual.Pixels[i]} at x {i / expected.Channels % expected.Width}, y {i / expected.Channels / expected.Width}, channel {i % expected.Channels}; expected {expected.Pixels[i]} within {tolerance}.");
        }
    }

    /// <summary>Peak signal to noise ratio in dB.</summary>
    public static double Psnr(Bitmap expected, Bitmap actual)
    {
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (actual.Width, actual.Height, actual.Channels));
        var square = expected.Pixels.Zip(actual.Pixels, (e, a) => Math.Pow(e - a, 2)).Average();
        return 10 * Math.Log10(255 * 255 / Math.Max(square, 1e-10));
    }
}
