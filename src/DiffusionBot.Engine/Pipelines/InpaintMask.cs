using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>A part of a picture.</summary>
internal readonly record struct Region(int X, int Y, int Width, int Height);

/// <summary>A mask on its way to the size that is drawn at, in WebUI's steps (modules/processing.py, modules/masking.py).</summary>
/// <param name="Drawn">Grey, of the size that is drawn at: 255 where it is drawn anew.</param>
/// <param name="Hidden">The same of the picture that the result is laid under: how much of it gives way.</param>
/// <param name="Part">Which part of the picture is drawn; null: all.</param>
internal sealed record InpaintMask(Bitmap Drawn, Bitmap Hidden, Region? Part)
{
    /// <summary>Null: only the masked part was asked for, and nothing is masked.</summary>
    public static InpaintMask? Of(InitImage init, Inpainting inpaint, int width, int height)
    {
        var picture = init.Picture!;
        var mask = BinaryOf(picture, inpaint.Mask);
        if (inpaint.Inverted) mask = Channels.Each(mask, value => (byte)(255 - value));
        if (inpaint.Area == InpaintArea.OnlyMasked && (mask.Width, mask.Height) != (picture.Width, picture.Height)) mask = Fitting.Stretch(mask, picture.Width, picture.Height);
        if (inpaint.MaskBlur > 0) mask = MaskBlur.Blur(mask, inpaint.MaskBlur);
        if (inpaint.Area == InpaintArea.WholePicture)
        {
            var whole = Fit(mask, width, height, init.ResizeMode);
            return new InpaintMask(whole, Channels.Each(whole, value => (byte)Math.Min(255, 2 * value)), Part: null);
        }
        if (PartOf(mask, inpaint.Padding) is not { } part) return null;
        part = Expanded(part, width, height, mask.Width, mask.Height);
        return new InpaintMask(Fitting.Fill(Channels.Crop(mask, part.X, part.Y, part.Width, part.Height), width, height), mask, part);
    }

    /// <summary>A picture of another size, by the ways that resize pictures; the fourth resizes latents, and what cannot wait for that is filled.</summary>
    public static Bitmap Fit(Bitmap picture, int width, int height, ResizeMode mode) => mode switch
    {
        ResizeMode.Just => Fitting.Stretch(picture, width, height),
        ResizeMode.Crop => Fitting.Crop(picture, width, height),
        _ => Fitting.Fill(picture, width, height),
    };

    private static Bitmap BinaryOf(Bitmap picture, Bitmap? mask)
    {
        if (mask is not null) return Channels.IsTransparent(mask) ? Channels.Alpha(mask, value => value > 128 ? byte.MaxValue : byte.MinValue) : Channels.ToGrey(mask);
        return picture.Channels == 4
            ? Channels.Alpha(picture, value => value < byte.MaxValue ? byte.MaxValue : byte.MinValue)
            : new Bitmap(picture.Width, picture.Height, 1, new byte[picture.Width * picture.Height]);
    }

    /// <summary>What is around all that is masked; null where nothing is.</summary>
    private static Region? PartOf(Bitmap mask, int padding)
    {
        var (left, top, right, bottom) = (mask.Width, mask.Height, -1, -1);
        for (var y = 0; y < mask.Height; y++)
        {
            var row = mask.Pixels.AsSpan(y * mask.Width, mask.Width);
            var first = row.IndexOfAnyExcept((byte)0);
            if (first < 0) continue;
            (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOfAnyExcept((byte)0)));
            (top, bottom) = (Math.Min(top, y), y);
        }
        if (right < 0) return null;
        var (x, y1) = (Math.Max(left - padding, 0), Math.Max(top - padding, 0));
        return new Region(x, y1, Math.Min(right + 1 + padding, mask.Width) - x, Math.Min(bottom + 1 + padding, mask.Height) - y1);
    }

    /// <summary>The part with the proportions of what is drawn, as far as the picture reaches.</summary>
    private static Region Expanded(Region part, int width, int height, int pictureWidth, int pictureHeight)
    {
        var ratio = (double)width / height;
        if ((double)part.Width / part.Height > ratio)
        {
            var (y, tall) = Expanded(part.Y, part.Height, (int)((part.Width / ratio) - part.Height), pictureHeight);
            return part with { Y = y, Height = tall };
        }
        var (x, wide) = Expanded(part.X, part.Width, (int)((part.Height * ratio) - part.Width), pictureWidth);
        return part with { X = x, Width = wide };
    }

    private static (int Start, int Length) Expanded(int start, int length, int more, int limit)
    {
        var end = start + length + more - (more / 2);
        start -= more / 2;
        if (end >= limit) (start, end) = (start - (end - limit), limit);
        if (start < 0) (start, end) = (0, end - start);
        return (start, Math.Min(end, limit) - start);
    }
}
