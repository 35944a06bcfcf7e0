using DiffusionBot.Generation.Presets;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Presets for a host.</summary>
public static class PresetServices
{
    /// <summary>The <see cref="PresetLibrary"/> and the <see cref="StyleLibrary"/> of a folder.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="folder">The folder as the host understood <see cref="PresetOptions.Folder"/>; it need not be there.</param>
    public static IServiceCollection AddPresets(this IServiceCollection services, string folder)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(new StyleLibrary(folder)).AddSingleton(provider => new PresetLibrary(folder, provider.GetRequiredService<TimeProvider>()));
    }
}
