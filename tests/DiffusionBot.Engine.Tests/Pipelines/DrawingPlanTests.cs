using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Pipelines;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>What a request leaves open is filled in; what it names is found, or refused in words.</summary>
public sealed class DrawingPlanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public DrawingPlanTests()
    {
        folder.Write("checkpoints/a.safetensors", Safetensors.Checkpoint());
        folder.Write("checkpoints/b.safetensors", Safetensors.Checkpoint(metadata: "{\"modelspec.resolution\":\"320x448\"}"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_left_open_is_filled_in()
    {
        var plan = await Plan(new ImageRequest());
        Assert.Equal(("a", 512, 512, 64, 64, 1234L), (plan.Checkpoint.Name, plan.Width, plan.Height, plan.LatentWidth, plan.LatentHeight, plan.Request.Seed));
        Assert.Equal(("Euler a", "Automatic"), (plan.Sampler.Sampler.Name, plan.Sampler.ScheduleLabel));
        Assert.Null(plan.Vae);
        Assert.Equal(plan.CheckpointHash, plan.VaeHash);
        Assert.Empty(plan.Notes);
    }

    [Fact]
    public async Task The_size_is_the_checkpoints_where_it_says_one_and_the_requests_before_that()
    {
        var plan = await Plan(new ImageRequest { Checkpoint = "b" });
        Assert.Equal((320, 448), (plan.Width, plan.Height));
        plan = await Plan(new ImageRequest { Checkpoint = "b", Width = 203 });
        Assert.Equal((203, 448, 25, 56), (plan.Width, plan.Height, plan.LatentWidth, plan.LatentHeight));
    }

    [Theory]
    [InlineData(null, null, 16, 9, 680, 384)]
    [InlineData(256, null, 1, 2, 256, 512)]
    [InlineData(null, 256, 1, 2, 128, 256)]
    [InlineData(100, 70, 1, 2, 100, 70)]
    public async Task A_ratio_gives_the_edges_that_are_not_given(int? width, int? height, int wide, int high, int planned, int plannedHeight)
    {
        var plan = await Plan(new ImageRequest { Checkpoint = "a", Width = width, Height = height, Aspect = new AspectRatio(wide, high) });
        Assert.Equal((planned, plannedHeight), (plan.Width, plan.Height));
    }

    [Fact]
    public async Task An_edge_that_comes_out_of_a_ratio_has_its_range_too()
    {
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => Plan(new ImageRequest { Checkpoint = "a", Aspect = new AspectRatio(100, 1) }));
        Assert.Equal("Width is 5120; expected 64 to 2048.", refused.Message);
    }

    [Fact]
    public async Task The_hash_goes_before_the_name()
    {
        var hash = await HashOf("b");
        foreach (var asked in (string[])[hash[..10], hash, hash[..10].ToUpperInvariant(), ModelHashes.Old(folder.At("checkpoints/b.safetensors"))])
        {
            var plan = await Plan(new ImageRequest { Checkpoint = "a", CheckpointHash = asked });
            Assert.NotEmpty(plan.Checkpoint.Name);
            Assert.Empty(plan.Notes);
        }
        Assert.Equal("b", (await Plan(new ImageRequest { Checkpoint = "a", CheckpointHash = hash[..10] })).Checkpoint.Name);
        Assert.Equal("b", (await Plan(new ImageRequest { CheckpointHash = hash })).Checkpoint.Name);
    }

    [Fact]
    public async Task Where_no_file_has_the_hash_the_name_decides_and_a_note_says_so()
    {
        var plan = await Plan(new ImageRequest { Checkpoint = "b", CheckpointHash = "0123456789" });
        Assert.Equal("b", plan.Checkpoint.Name);
        Assert.Equal($"The text was made with b of hash 0123456789; drawn with b of hash {(await HashOf("b"))[..10]}. The picture will differ.", Assert.Single(plan.Notes).English);
    }

    [Fact]
    public async Task Where_neither_hash_nor_name_are_known_it_is_refused()
    {
        var refused = await Refused(new ImageRequest { CheckpointHash = "0123456789" });
        Assert.StartsWith("There is no checkpoint '0123456789'", refused.Message, StringComparison.Ordinal);
        refused = await Refused(new ImageRequest { CheckpointHash = "0123456789", Checkpoint = "dreams" });
        Assert.Equal("There is no checkpoint 'dreams'; there is a, b.", refused.Message);
    }

    [Theory]
    [InlineData("Eulr a", "Automatic", "No sampler is called 'Eulr a'; the nearest is 'Euler a'. Known: ")]
    [InlineData("Euler a", "Karas", "No schedule is called 'Karas'; the nearest is 'Karras'. Known: ")]
    public async Task Unknown_names_are_refused_with_the_nearest(string sampler, string schedule, string message) =>
        Assert.StartsWith(message, (await Refused(new ImageRequest { Sampler = sampler, Schedule = schedule })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Numbers_are_checked_before_anything_is_read() =>
        Assert.Equal("Steps is 0; expected 1 to 150.", (await Refused(new ImageRequest { Steps = 0, Checkpoint = "dreams" })).Message);

    [Theory]
    [InlineData("cond_stage_model.model.x", 5, "SD 2.x depth")]
    [InlineData("cond_stage_model.transformer.text_model.x", 8, "InstructPix2Pix")]
    public async Task A_family_that_is_not_drawn_is_refused_by_its_name(string encoder, int inputs, string family)
    {
        var path = folder.Write("checkpoints/c.safetensors", Safetensors.Checkpoint(encoder, inputs));
        var refused = await Assert.ThrowsAsync<UnknownCheckpointException>(() => Plan(new ImageRequest { Checkpoint = "c" }));
        Assert.Equal($"{path}: this is a checkpoint of the family {family}. {family} is not drawn yet; drawn are: SD 1.x, SD 1.x inpainting, SD 2.x, SD 2.x inpainting, SDXL, SDXL inpainting, SDXL refiner.", refused.Message);
    }

    [Fact]
    public async Task What_is_no_checkpoint_is_refused_with_what_it_seems_to_be()
    {
        var path = folder.Write("checkpoints/c.safetensors", Safetensors.WithTensors(("some.thing", [1])));
        var refused = await Assert.ThrowsAsync<UnknownCheckpointException>(() => Plan(new ImageRequest { Checkpoint = "c" }));
        Assert.StartsWith($"{path}: its 1 tensors, 'some.thing' first, are of nothing that is known here.", refused.Message, StringComparison.Ordinal);

        path = folder.Write("checkpoints/d.ckpt", [1, 2, 3]);
        var other = await Assert.ThrowsAsync<InvalidCheckpointException>(() => Plan(new ImageRequest { Checkpoint = "d" }));
        Assert.Equal($"{path}: this is no file of torch; expected a zip archive or pickle that torch.save wrote.", other.Message);
    }

    private Task<string> HashOf(string name) => new ModelHashes().Sha256Async(folder.At($"checkpoints/{name}.safetensors"), Cancel);

    private Task<DrawingPlan> Plan(ImageRequest request) =>
        DrawingPlan.MakeAsync(request, new ModelIndex(new ModelIndexOptions { Folder = folder.Path }, TimeProvider.System), () => 1234, Cancel);

    private Task<InvalidRequestException> Refused(ImageRequest request) => Assert.ThrowsAsync<InvalidRequestException>(() => Plan(request));
}
