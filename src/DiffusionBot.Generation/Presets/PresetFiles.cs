using System.Text;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Presets;

/// <summary>A file of the folder, as it was when it was looked at: for telling whether it changed.</summary>
internal sealed record PresetFile(string Path, long Length, DateTime Modified);

/// <summary>Reads the files of one name: `NAME.txt`, a picture `NAME.png`, or both.</summary>
internal static class PresetFiles
{
    /// <summary>A text of more bytes than this is no preset.</summary>
    public const int MaxTextBytes = 64 << 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly string[] extensions = [".txt", ".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>0 for a text, more for a picture, less for what is neither; of pictures with one name, the lowest is taken.</summary>
    public static int Rank(string path) => Array.FindIndex(extensions, e => Path.GetExtension(path.AsSpan()).Equals(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>The preset of a name.</summary>
    /// <param name="text">Says what it is called, and its recipe unless the picture does; null: there is none.</param>
    /// <param name="picture">The sample; null: there is none.</param>
    /// <exception cref="InvalidPresetException">It is no preset: the message says why.</exception>
    public static Preset Read(PresetFile? text, PresetFile? picture)
    {
        var path = (text ?? picture)!.Path;
        var said = text is null ? new PresetText(null, null, "") : PresetText.Parse(ReadText(text));
        var carried = said.Recipe.Length > 0 ? null : PresetText.Parse(ReadPicture(picture ?? throw new InvalidPresetException(
            $"{path}: there is no recipe in it, and no picture of the same name beside it that carries one.")));
        var recipe = LenientInfotextReader.Read(carried?.Recipe ?? said.Recipe);
        if (recipe.Prompt.Length == 0 && recipe.Parameters.Count == 0)
            throw new InvalidPresetException($"{path}: no recipe was found in it; expected a prompt, or parameters such as Steps: 20.");
        var name = Path.GetFileNameWithoutExtension(path);
        return new Preset(name, said.Title ?? carried?.Title ?? name.Replace('-', ' ').Replace('_', ' ').Trim(), said.About ?? carried?.About,
            recipe, InfotextWriter.Write(recipe), path, picture?.Path);
    }

    private static string ReadText(PresetFile file)
    {
        try
        {
            return Utf8.GetString(ReadBytes(file, MaxTextBytes)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidPresetException($"{file.Path}: byte {e.Index} is not UTF-8; save it as UTF-8.", e);
        }
    }

    private static string ReadPicture(PresetFile file)
    {
        try
        {
            var text = PictureText.Read(ReadBytes(file, PictureLimits.Default.MaxBytes)).Parameters
                ?? throw new InvalidPresetException($"{file.Path}: this picture carries no parameters.");
            return text.Length <= MaxTextBytes ? text
                : throw new InvalidPresetException($"{file.Path}: the picture's parameter text is {text.Length} characters; the limit is {MaxTextBytes}.");
        }
        catch (InvalidPictureException e)
        {
            throw new InvalidPresetException($"{file.Path}: {e.Message}", e);
        }
    }

    /// <summary>All of a file, that may grow while it is read.</summary>
    private static byte[] ReadBytes(PresetFile file, long limit)
    {
        if (file.Length == 0) throw new InvalidPresetException($"{file.Path}: the file is empty.");
        if (file.Length > limit) throw new InvalidPresetException($"{file.Path}: {file.Length} bytes; the limit is {limit}.");
        try
        {
            using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidPresetException($"{file.Path}: cannot be read: {e.Message}", e);
        }
    }
}
