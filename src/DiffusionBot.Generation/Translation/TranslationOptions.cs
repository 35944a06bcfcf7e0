using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Generation.Translation;

/// <summary>How Chinese reaches models that know only English: the section `Translation`.</summary>
public sealed class TranslationOptions : IValidatableObject
{
    public const string Section = "Translation";

    /// <summary>Whether a checkpoint reads Chinese, by its name without extension. Default none: its own metadata says (`languages: en, zh`), else it does not.</summary>
    public IDictionary<string, bool> ReadsChinese { get; } = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The base address of an OpenAI-compatible service, as `http://localhost:11434/v1`. Default null: the word list translates.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Sent as a bearer token. A secret: best set from the environment. Default null: none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Which of the service's models; needed with an endpoint.</summary>
    public string? Model { get; set; }

    /// <summary>How long the service may take before the word list is used, 1 to 60. Default 8.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 8;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Endpoint)) yield break;
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            yield return new($"{Section}:Endpoint is \"{Endpoint}\"; expected an address such as http://localhost:11434/v1.");
        if (ApiKey is not null && !ApiKey.All(c => c is > ' ' and < '\x7f')) yield return new($"{Section}:ApiKey has a character that no key has: a space, a line break.");
        if (string.IsNullOrWhiteSpace(Model)) yield return new($"{Section}:Model is empty; an endpoint needs the name of one of its models.");
    }
}
