using DiffusionBot.Generation.Moderation;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Moderation for a host.</summary>
public static class ModerationServices
{
    /// <summary>The <see cref="PromptPolicy"/> by the section `Moderation`; an <see cref="IPictureCheck"/> that shows everything, where no other is there.</summary>
    public static IServiceCollection AddModeration(this IServiceCollection services)
    {
        services.AddOptions<ModerationOptions>().BindConfiguration(ModerationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<IPictureCheck, NoPictureCheck>();
        services.TryAddSingleton<PromptPolicy>();
        return services;
    }
}
