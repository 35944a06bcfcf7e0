using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Pipelines;

namespace DiffusionBot.Engine.Tests.Runtime;

[Collection(Drawing.Name)]
public sealed class ModelCacheTests
{
    private static readonly SafetensorsFile Tiny = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));
    private static readonly DateTime Then = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly List<string> loads = [];

    [Fact]
    public void A_model_is_loaded_once()
    {
        using var cache = new ModelCache(long.MaxValue, Load);
        var model = Get(cache, "a");
        Assert.Same(model, Get(cache, "a"));
        Assert.Equal(["a"], loads);
    }

    [Fact]
    public void The_least_recently_used_goes_first()
    {
        var each = BytesOfOne();
        using var cache = new ModelCache((2 * each) + (each / 2), Load);
        Get(cache, "a", each);
        Get(cache, "b", each);
        Get(cache, "a", each);
        Get(cache, "c", each);
        Assert.Equal(["a", "c"], NamesIn(cache));
        Get(cache, "b", each);
        Assert.Equal(["c", "b"], NamesIn(cache));
    }

    [Fact]
    public void One_that_is_larger_than_the_limit_is_alone()
    {
        using var cache = new ModelCache(limit: 1, Load);
        Get(cache, "a", 1000);
        Assert.Equal(["a"], NamesIn(cache));
        Get(cache, "b", 1000);
        Assert.Equal(["b"], NamesIn(cache));
        Get(cache, "b", 1000);
        Assert.Equal(["a", "b"], loads);
    }

    [Fact]
    public void Where_memory_does_not_suffice_the_others_go_and_it_is_tried_again()
    {
        var full = true;
        using var cache = new ModelCache(long.MaxValue, (key, cancel) =>
        {
            if (key.Checkpoint.Path == "large" && full)
            {
                full = false;
                loads.Add("large fails");
                throw new NotEnoughMemoryException("full");
            }
            return Load(key, cancel);
        });
        Get(cache, "a");
        Get(cache, "b");
        Get(cache, "large");
        Assert.Equal(["a", "b", "large fails", "large"], loads);
        Assert.Equal(["large"], NamesIn(cache));
    }

    [Fact]
    public void Where_memory_does_not_suffice_for_it_alone_that_is_said()
    {
        using var cache = new ModelCache(long.MaxValue, (key, cancel) =>
        {
            loads.Add(key.Checkpoint.Path);
            throw new NotEnoughMemoryException("full");
        });
        Assert.Throws<NotEnoughMemoryException>(() => Get(cache, "large"));
        Assert.Equal(["large"], loads);   // nothing to free: no second try
        Assert.Empty(cache.Keys);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void A_file_that_changed_is_loaded_anew_and_its_old_self_let_go(int seconds, long bytes)
    {
        using var cache = new ModelCache(long.MaxValue, Load);
        Get(cache, "a");
        var changed = new ModelKey(new FileStamp("a", Then.AddSeconds(seconds), 5 + bytes), null);
        cache.Get(changed, () => 0, CancellationToken.None);
        Assert.Equal(["a", "a"], loads);
        Assert.Equal([changed], cache.Keys);
    }

    [Fact]
    public void Another_vae_makes_another_model()
    {
        using var cache = new ModelCache(long.MaxValue, Load);
        Get(cache, "a");
        cache.Get(new ModelKey(new FileStamp("a", Then, 5), new FileStamp("v", Then, 5)), () => 0, CancellationToken.None);
        Assert.Equal(2, cache.Keys.Count());
    }

    private static long BytesOfOne()
    {
        using var one = LoadedModel.Load(Tiny, vae: null, EngineDevice.Cpu(1), CancellationToken.None);
        return one.Bytes;
    }

    private static IEnumerable<string> NamesIn(ModelCache cache) => cache.Keys.Select(k => k.Checkpoint.Path);

    private static LoadedModel Get(ModelCache cache, string name, long bytes = 0) =>
        cache.Get(new ModelKey(new FileStamp(name, Then, 5), null), () => bytes, CancellationToken.None);

    private LoadedModel Load(ModelKey key, CancellationToken cancel)
    {
        loads.Add(key.Checkpoint.Path);
        return LoadedModel.Load(Tiny, vae: null, EngineDevice.Cpu(1), cancel);
    }
}
