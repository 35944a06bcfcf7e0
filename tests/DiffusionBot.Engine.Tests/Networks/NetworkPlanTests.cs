using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>Which file a tag means, what is said where there is none, and what infotext says of it.</summary>
public sealed class NetworkPlanTests : IDisposable
{
    private static readonly (string, long[]) Tensor = ("a", [4]);

    private readonly TemporaryFolder folder = new();
    private readonly ModelIndex models;
    private readonly List<LocalText> notes = [];

    public NetworkPlanTests()
    {
        models = new ModelIndex(new ModelIndexOptions { Folder = folder.Path }, TimeProvider.System);
        Write("one", 1, "first");
        Write("people/two", 2, "second");
        Write("three", 3, "same");
        Write("four", 4, "same");
        Write("second", 5, "first");
        folder.Write("hypernetworks/hn.pt", [1]);
    }

    [Theory]
    [InlineData("<lora:one:0.5>", "one")]
    [InlineData("<lora:two:1>", "two")]
    [InlineData("<lora:ONE:1>", "one")]
    [InlineData("<lora:people/two:1>", "two")]
    [InlineData("<lora:second:1>", "second")]   // a name goes before another's alias
    [InlineData("<lora:same:1>", null)]         // two call themselves so: WebUI takes neither
    [InlineData("<lora:first:1>", null)]
    [InlineData("<lora:none:1>", null)]
    [InlineData("<lora:nowhere:1>", null)]
    public async Task A_file_is_found_by_its_name_and_by_what_it_calls_itself(string prompt, string? name)
    {
        var plan = await Plan($"a {prompt}");
        Assert.Equal("a ", plan.Prompt);
        Assert.Equal(name is null ? [] : [name], plan.Set.Loras.Select(l => Path.GetFileNameWithoutExtension(l.File.Path)));
        if (name is null) Assert.StartsWith("没有 LoRA ", Assert.Single(notes).Chinese, StringComparison.Ordinal);
        else Assert.Empty(notes);
    }

    [Fact]
    public async Task By_hash_a_file_is_found_whatever_it_is_called()
    {
        var hash = await HashOf("three");
        var plan = await Plan("<lora:renamed:1>", $"renamed: {hash}");
        Assert.EndsWith("three.safetensors", Assert.Single(plan.Set.Loras).File.Path, StringComparison.Ordinal);
        Assert.Equal($"renamed: {hash}", LoraHashes.Write(plan.Hashes));
        Assert.Empty(notes);
    }

    [Fact]
    public async Task Where_only_the_name_agrees_it_is_told()
    {
        var plan = await Plan("<lora:one:1>", "one: 0123456789ab");
        Assert.Single(plan.Set.Loras);
        Assert.Contains("0123456789ab", Assert.Single(notes).English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hash_of_nothing_says_nothing()
    {
        Assert.Single((await Plan("<lora:one:1>", "one: e3b0c44298fc")).Set.Loras);
        Assert.Empty(notes);
    }

    [Fact]
    public async Task A_file_may_say_its_hash_if_it_is_one()
    {
        var said = new string('a', 63) + "B";
        folder.Write("loras/said.safetensors", LoraFiles.Bytes(9, new Dictionary<string, string>(StringComparer.Ordinal) { ["sshs_model_hash"] = said }, Tensor));
        folder.Write("loras/lie.safetensors", LoraFiles.Bytes(1, new Dictionary<string, string>(StringComparer.Ordinal) { ["sshs_model_hash"] = "x, Steps: 1" }, Tensor));
        Assert.Equal($"said: {said[..12]}, lie: {await HashOf("one")}", LoraHashes.Write((await Plan("<lora:said:1><lora:lie:1>")).Hashes));
    }

    [Fact]
    public async Task A_name_that_stands_there_twice_has_what_was_said_last()
    {
        var loras = (await Plan("<lora:one:0.25> <lora:one:0.5:1:4>")).Set.Loras;
        Assert.Equal([(0.5f, 1f, 4), (0.5f, 1f, 4)], loras.Select(l => (l.Text, l.Unet, l.DynamicRank!.Value)));
    }

    [Fact]
    public async Task Hypernetworks_are_found_by_name()
    {
        Assert.Equal([0.7f, 1f], (await Plan("<hypernet:hn:0.7><hypernet:hn>")).Set.Hypernetworks.Select(h => h.Strength));
        Assert.Empty((await Plan("<hypernet:nowhere:0.7>")).Set.Hypernetworks);
        Assert.Single(notes);
    }

    [Fact]
    public async Task What_is_no_weight_and_no_network_is_told_and_left_out()
    {
        var plan = await Plan("a <lora:one:much> <hypernet:hn:x> <foo:bar>");
        Assert.Equal(NetworkSet.None, plan.Set);
        Assert.Equal(3, notes.Count);
    }

    [Fact]
    public async Task Sixty_four_are_enough() =>
        await Assert.ThrowsAsync<InvalidRequestException>(() => Plan(string.Concat(Enumerable.Repeat("<lora:one:1>", 65))));

    [Fact]
    public void Texts_name_hashes_and_give_them_back()
    {
        const string text = "a <lora:one:1>\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 7, Size: 64x64, Lora hashes: \"one: 0123456789ab, two: ba9876543210\"";
        var request = InfotextMapping.ToRequest(StrictInfotextReader.Read(text), new ImageRequest(), out var told);
        Assert.Empty(told);
        Assert.Equal("one: 0123456789ab, two: ba9876543210", request.LoraHashes);
        Assert.Equal(text, InfotextWriter.Write(InfotextMapping.ToValues(request)));
    }

    public void Dispose() => folder.Dispose();

    private void Write(string name, int seed, string alias) =>
        folder.Write($"loras/{name}.safetensors", LoraFiles.Bytes(seed, new Dictionary<string, string>(StringComparer.Ordinal) { ["ss_output_name"] = alias }, Tensor));

    private Task<NetworkPlan> Plan(string prompt, string? hashes = null) => NetworkPlan.MakeAsync(prompt, hashes, models, notes, TestContext.Current.CancellationToken);

    private async Task<string> HashOf(string name) => (await models.Files(ModelKind.Lora).First(f => f.Name == name).LoraHashAsync(TestContext.Current.CancellationToken))[..12];
}
