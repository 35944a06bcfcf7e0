using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Imaging;

namespace DiffusionBot.Bot.Commands;

/// <summary>Where a picture's parameters were found.</summary>
internal enum FoundBy
{
    /// <summary>Text chunks, EXIF, a comment.</summary>
    Text,

    /// <summary>The lowest bits of its pixels.</summary>
    Stealth,

    /// <summary>It looks like one that was drawn here.</summary>
    Looks,
}

/// <summary>A picture's parameters.</summary>
/// <param name="Infotext">The parameter text.</param>
/// <param name="By">Where it was found.</param>
/// <param name="Ours">The picture drawn here that it is, where that is known.</param>
internal sealed record FoundParameters(string Infotext, FoundBy By, StoredPicture? Ours);

/// <summary>Reads how a picture was drawn: from its text, from its pixels, or by knowing it again.</summary>
internal sealed class PictureParameters(PictureArchive archive)
{
    /// <summary>All three ways, in that order; null where none finds anything.</summary>
    /// <exception cref="InvalidPictureException">It is no picture, or a broken one.</exception>
    public async Task<FoundParameters?> FindAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var picture = PictureReader.Decode(bytes);
        if (Clean(picture.Text.Parameters) is { } text) return new FoundParameters(text, FoundBy.Text, null);
        if (Clean(StealthText.Read(picture.Bitmap)) is { } hidden) return new FoundParameters(hidden, FoundBy.Stealth, null);
        var ours = await archive.FindLikeAsync(PerceptualHash.Of(picture.Bitmap), PerceptualHash.SamePicture, cancel);
        return ours is null ? null : new FoundParameters(ours.Infotext, FoundBy.Looks, ours);
    }

    /// <summary>The text in a picture, or hidden in it; null where there is none or it is no picture.</summary>
    public static string? TextOf(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var picture = PictureReader.Decode(bytes);
            return Clean(picture.Text.Parameters) ?? Clean(StealthText.Read(picture.Bitmap));
        }
        catch (InvalidPictureException)
        {
            return null;
        }
    }

    /// <summary>The recipe in a message, where it has parameters; null else.</summary>
    public static string? RecipeIn(string? text)
    {
        if (text is null) return null;
        var read = LenientInfotextReader.Read(text);
        return read.Parameters.Count == 0 ? null : InfotextWriter.Write(read);
    }

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
