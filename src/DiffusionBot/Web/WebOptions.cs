using System.ComponentModel.DataAnnotations;
using System.Net;

namespace DiffusionBot.Web;

/// <summary>The built-in web chat, its gallery and its admin page. Section `Web`.</summary>
public sealed class WebOptions : IValidatableObject
{
    /// <summary>Where to listen, set apart by `;`. Default http://localhost:5000: this machine alone.</summary>
    [Required] public string Urls { get; set; } = "http://localhost:5000";

    /// <summary>The address that others reach this program at, as `https://draw.example.com`; null: not known, and links are relative. Default null.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Proxies in front, by IP address or network (`10.0.0.0/8`): only they are believed about who asks, over which scheme and for which host. Default none.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>What opens the admin page, 16 to 256 characters; null: generated at the first start and printed once. Default null.</summary>
    [StringLength(256, MinimumLength = 16)] public string? AdminToken { get; set; }

    /// <summary>Whether the gallery shows what is drawn in the web chat without being shared. Default false.</summary>
    public bool IsPublicPlace { get; set; }

    /// <summary>Messages a visitor may send in a minute, 1 to 10,000; an address may send four times as many. Default 30.</summary>
    [Range(1, 10_000)] public int VisitorMessagesPerMinute { get; set; } = 30;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            yield return new ValidationResult($"Web:PublicUrl is \"{PublicUrl}\"; expected an address like https://draw.example.com, or null.", [nameof(PublicUrl)]);
        foreach (var proxy in TrustedProxies.Where(p => !IPAddress.TryParse(p, out _) && !IPNetwork.TryParse(p, out _)))
            yield return new ValidationResult($"Web:TrustedProxies has \"{proxy}\"; expected an IP address, or a network like 10.0.0.0/8.", [nameof(TrustedProxies)]);
    }
}
