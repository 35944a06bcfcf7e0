namespace DiffusionBot.Chat;

/// <summary>Where the bot's pages are reached from outside.</summary>
/// <param name="Base">`https://draw.example.com/`; null where the operator has told none.</param>
public sealed record PublicAddress(Uri? Base)
{
    /// <summary>The address of a path below it; null where there is no base or no path.</summary>
    public Uri? Of(string? path) => Base is null || path is null ? null : new Uri($"{Base.AbsoluteUri.TrimEnd('/')}{path}");
}
