namespace DiffusionBot.Imaging;

/// <summary>
/// A picture that cannot be taken: not one, damaged, or beyond a limit. The message says what was found and what was
/// expected. Nothing else escapes the readers, whatever the bytes.
/// </summary>
public sealed class InvalidPictureException(string message, Exception? inner = null) : Exception(message, inner);
