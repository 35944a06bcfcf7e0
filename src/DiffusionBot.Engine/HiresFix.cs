namespace DiffusionBot.Engine;

/// <summary>A second pass over the picture enlarged (WebUI's "Hires. fix"). Names as in WebUI.</summary>
public sealed record HiresFix
{
    /// <summary>How many times as large, 1 to 4; not looked at where an edge is given. Default 2.</summary>
    public double Scale { get; init; } = 2;

    /// <summary>The final picture's width in pixels, 64 to 2048; null: it follows from the height, or from <see cref="Scale"/>.</summary>
    public int? Width { get; init; }

    /// <summary>The final picture's height in pixels, 64 to 2048; null: it follows from the width, or from <see cref="Scale"/>.</summary>
    public int? Height { get; init; }

    /// <summary>An upscaler by WebUI's name: one of the latent ones, None, Lanczos, Nearest. Default Latent.</summary>
    public string Upscaler { get; init; } = "Latent";

    /// <summary>Steps of the second pass, 0 to 150; 0: as many as the first. Default 0.</summary>
    public int Steps { get; init; }

    /// <summary>How much is drawn anew, 0 (nothing) to 1 (all). Default 0.7.</summary>
    public double DenoisingStrength { get; init; } = 0.7;

    /// <summary>The second pass' sampler; null: the first's.</summary>
    public string? Sampler { get; init; }

    /// <summary>The second pass' schedule; null: the first's, or the own one of another sampler.</summary>
    public string? Schedule { get; init; }

    /// <summary>What the second pass draws; null: the same.</summary>
    public string? Prompt { get; init; }

    /// <summary>What it should not have; null: the same.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The second pass' guidance, 1 to 30; null: the first's. Infotext: Hires CFG Scale (Forge's).</summary>
    public double? CfgScale { get; init; }

    /// <summary>The checkpoint that draws the second pass, by name or hash; null: the first's. Infotext: Hires checkpoint.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The size that the first pass is enlarged to: one edge alone keeps its ratio; with both the picture fills them, and what is over is cut off after.</summary>
    /// <param name="width">Of the first pass, in pixels.</param>
    /// <param name="height">Of the first pass, in pixels.</param>
    public (int Width, int Height) SizeOf(int width, int height)
    {
        if (Width is null && Height is null) return ((int)(width * Scale), (int)(height * Scale));
        var fillsWidth = Height is null || (Width is { } w && (double)width / height < (double)w / Height);
        return fillsWidth ? (Width!.Value, (int)((long)Width.Value * height / width)) : ((int)((long)Height!.Value * width / height), Height.Value);
    }
}
