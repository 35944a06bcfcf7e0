namespace DiffusionBot.Generation.Labels;

/// <summary>Marks the copies that are delivered as made by a machine, where a place's options ask for it. The stored original stays untouched.</summary>
public sealed class PictureLabels
{
    /// <summary>The copy to deliver: with a visible mark and an XMP field as the place wants, and the parameter text of the original.</summary>
    /// <param name="original">The stored PNG.</param>
    /// <param name="place">Which adapter's.</param>
    /// <param name="pictureId">Ours; the XMP field names it.</param>
    /// <returns>A PNG; <paramref name="original"/> itself where the place wants no mark.</returns>
    public byte[] For(byte[] original, string place, string pictureId) => throw new NotSupportedException();
}
