namespace DiffusionBot.Generation.Storage.Files;

/// <summary>Which names files may have, and which ones pictures have.</summary>
internal static class FileNames
{
    private const int MaxLength = 200;

    /// <summary>The folder of pictures.</summary>
    public const string Pictures = "pictures";

    /// <summary>Follows from the request alone, so that drawing it again replaces the file instead of leaving one behind. The day keeps folders small.</summary>
    public static string Of(StoredRequest request, int index) => $"{Pictures}/{request.CreatedAt:yyyy-MM-dd}/{request.Id:N}-{index}.png";

    /// <exception cref="ArgumentException">A name that leads elsewhere, or that a file system may not take.</exception>
    public static string Checked(string name)
    {
        var isSound = name.Length is > 0 and <= MaxLength && name.Split('/').All(part => part.Length > 0 && part[0] != '.' && part[^1] != '.' && part.All(IsAllowed));
        return isSound ? name : throw new ArgumentException($"'{name}' is no file's name here; expected letters, digits, '-', '_' and '.', in parts between '/' that neither begin nor end with a dot, at most {MaxLength} in all.", nameof(name));
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
