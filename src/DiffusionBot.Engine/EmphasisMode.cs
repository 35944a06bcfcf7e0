namespace DiffusionBot.Engine;

/// <summary>What brackets and weights in a prompt do, in WebUI's words ("Emphasis mode").</summary>
public enum EmphasisMode
{
    /// <summary>Each token counts as its weight says; the whole is scaled so that its mean is what it was. Not written into the infotext.</summary>
    Original,

    /// <summary>The same without the scaling: `Emphasis: No norm`.</summary>
    NoNorm,

    /// <summary>Brackets and weights are left out and count for nothing: `Emphasis: Ignore`.</summary>
    Ignore,

    /// <summary>Brackets and weights are words as others are, and so is BREAK: `Emphasis: None`.</summary>
    None,
}
