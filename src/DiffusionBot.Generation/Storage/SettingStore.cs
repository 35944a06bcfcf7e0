namespace DiffusionBot.Generation.Storage;

/// <summary>Values kept between runs and shared between hosts.</summary>
public sealed class SettingStore
{
    /// <summary>Null where it was never set.</summary>
    public Task<string?> GetAsync(string key, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Sets it, or removes it with null.</summary>
    public Task SetAsync(string key, string? value, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>The value that is there, or this one if none is: of several hosts that ask at once, all get the same.</summary>
    public Task<string> GetOrAddAsync(string key, string value, CancellationToken cancel = default) => throw new NotSupportedException();
}
