using DiffusionBot.Generation.Translation;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Translation of prompts for a host.</summary>
public static class TranslationServices
{
    /// <summary>The <see cref="PromptTranslator"/> by the section `Translation`.</summary>
    public static IServiceCollection AddPromptTranslation(this IServiceCollection services)
    {
        services.AddOptions<TranslationOptions>().BindConfiguration(TranslationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(TranslationService.ClientName);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PromptTranslator>();
        return services;
    }
}
