namespace DiffusionBot.Testing;

/// <summary>Parameter texts of the reference.</summary>
internal static class ReferenceText
{
    /// <summary>Without what differs by design: who wrote it, and the name of the default generator.</summary>
    public static string Comparable(string infotext)
    {
        var text = infotext.Replace(", RNG: NV", "", StringComparison.Ordinal);
        return text[..text.LastIndexOf(", Version: ", StringComparison.Ordinal)];
    }
}
