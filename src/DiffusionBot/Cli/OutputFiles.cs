using DiffusionBot.Engine;
using DiffusionBot.Imaging;

namespace DiffusionBot.Cli;

/// <summary>Where pictures go, and as what. Checked before anything is drawn.</summary>
internal sealed class OutputFiles
{
    private const int Quality = 95;   // of JPEG and WebP

    private readonly string path;
    private readonly string full;
    private readonly string extension;

    /// <param name="path">As typed; its extension decides the format.</param>
    /// <param name="terminal">What it is relative to.</param>
    /// <exception cref="UsageException">The extension is of no format that is written.</exception>
    /// <exception cref="RefusedException">There is no such folder, or something that is no file has that name.</exception>
    public OutputFiles(string path, Terminal terminal)
    {
        (this.path, full, extension) = (path, terminal.FullPath(path), Path.GetExtension(path).ToLowerInvariant());
        if (Directory.Exists(full)) throw new RefusedException($"{path} is a folder; expected a file's name.");
        if (extension is not (".png" or ".jpg" or ".jpeg" or ".webp")) throw new UsageException($"{path}: pictures are written as .png, .jpg, .jpeg or .webp.");
        var folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) throw new RefusedException($"{path}: there is no folder {folder}.");
    }

    /// <summary>Writes the pictures, each whole or not at all and with its parameter text: out.png, or out-1.png, out-2.png ... where there are several.</summary>
    /// <returns>Their paths, as typed.</returns>
    /// <exception cref="IOException">A file cannot be written; the message names it.</exception>
    public IReadOnlyList<string> Write(IReadOnlyList<DrawnImage> images)
    {
        var paths = new List<string>(images.Count);
        for (var i = 0; i < images.Count; i++)
        {
            var suffix = images.Count == 1 ? "" : $"-{i + 1}";
            AtomicFile.Write(Numbered(full, suffix), Encode(images[i]));
            paths.Add(Numbered(path, suffix));
        }
        return paths;
    }

    /// <summary>Writes all pictures as one, laid out as WebUI does and with the first one's parameter text: out-grid.png.</summary>
    /// <returns>Its path, as typed.</returns>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public string WriteGrid(IReadOnlyList<DrawnImage> images)
    {
        AtomicFile.Write(Numbered(full, "-grid"), Encode(images[0] with { Pixels = Grid.Of([.. images.Select(image => image.Pixels)]) }));
        return Numbered(path, "-grid");
    }

    private static string Numbered(string path, string suffix) =>
        Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}{suffix}{Path.GetExtension(path)}");

    private byte[] Encode(DrawnImage image)
    {
        try
        {
            return extension switch
            {
                ".png" => PictureWriter.Png(image.Pixels, image.Infotext),
                ".webp" => PictureWriter.Webp(image.Pixels, Quality, image.Infotext),
                _ => PictureWriter.Jpeg(image.Pixels, Quality, image.Infotext),
            };
        }
        catch (ArgumentException e)
        {
            throw new RefusedException($"{path}: {e.Message} A PNG has room for it.", e);
        }
    }
}
