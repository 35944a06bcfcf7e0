namespace DiffusionBot.Generation.Presets;

/// <summary>A file that is no preset. The message, for the operator, begins with its path.</summary>
internal sealed class InvalidPresetException(string message, Exception? inner = null) : Exception(message, inner);
