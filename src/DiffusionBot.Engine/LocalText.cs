namespace DiffusionBot.Engine;

/// <summary>The languages that people are spoken to in.</summary>
public enum Language
{
    English,
    Chinese,
}

/// <summary>Something said to a person, in both languages, so that they stay equal.</summary>
public sealed record LocalText(string English, string Chinese)
{
    /// <summary>The text in one language.</summary>
    public string In(Language language) => language == Language.Chinese ? Chinese : English;

    /// <summary>Names and numbers read the same in both.</summary>
    public static implicit operator LocalText(string both) => new(both, both);

    /// <summary>Names and numbers read the same in both.</summary>
    public static LocalText FromString(string both) => both;
}
