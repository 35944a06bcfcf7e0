namespace DiffusionBot.Cli;

/// <summary>How wide text is on a screen.</summary>
internal static class Cells
{
    /// <summary>A Chinese character takes two columns, as all that is written from there on in Unicode's first plane does, near enough.</summary>
    public static int Of(string text) => text.Sum(c => c > '\u2e7f' ? 2 : 1);
}
