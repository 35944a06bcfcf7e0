namespace DiffusionBot.Imaging.Native;

/// <summary>libvips refused. Readers turn it into <see cref="InvalidPictureException"/>; from a writer it is a fault of ours.</summary>
internal sealed class VipsException(string what, string error)
    : Exception($"{what}: {(error.Length == 0 ? "no reason given" : error)}.");
