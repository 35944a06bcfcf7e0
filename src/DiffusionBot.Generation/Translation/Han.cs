namespace DiffusionBot.Generation.Translation;

/// <summary>Chinese characters.</summary>
internal static class Han
{
    public static bool Is(char c) => c is (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or '〇' or '々';

    public static bool IsIn(string text)
    {
        foreach (var c in text)
        {
            if (Is(c)) return true;
        }
        return false;
    }
}
