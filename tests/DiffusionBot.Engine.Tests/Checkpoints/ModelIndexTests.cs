using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class ModelIndexTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_shipped_model_is_the_default()
    {
        var index = new ModelIndex(new ModelIndexOptions { Folder = TestData.Model("") }, TimeProvider.System);
        var model = await index.DefaultCheckpointAsync(Cancel);
        Assert.Equal(("emoji-3d", "emoji-3d.safetensors", "SD 1.x"), (model.Name, model.RelativeName, model.Family?.Name));
        Assert.Equal("emoji-3d.safetensors", model.Title);
        Assert.Equal("4a44d18e42", await model.HashAsync(Cancel));
        Assert.Equal("emoji-3d.safetensors [4a44d18e42]", model.Title);
        Assert.Empty(index.Notes);
    }

    [Fact]
    public void Each_folder_has_its_kind()
    {
        foreach (var name in (string[])["checkpoints/a.safetensors", "checkpoints/deep/er/b.ckpt", "c.safetensors", "vae/v.pt", "loras/l.safetensors",
            "embeddings/e.bin", "hypernetworks/h.pt", "controlnet/n.pth", "upscalers/u.pth", "taggers/t.onnx", "checkpoints/a.vae.safetensors",
            "checkpoints/a.md", "checkpoints/.hidden.safetensors", "checkpoints/.git/x.safetensors", "taggers/t.csv"]) folder.Write(name, [1]);
        var index = Index();
        Assert.Equal(["a.safetensors", "deep/er/b.ckpt", "c.safetensors"], index.Files(ModelKind.Checkpoint).Select(f => f.RelativeName));
        Assert.Equal(["a.vae.safetensors", "v.pt"], index.Files(ModelKind.Vae).Select(f => f.RelativeName));
        Assert.Equal(["l", "e", "h", "n", "u", "t"], new[] { ModelKind.Lora, ModelKind.Embedding, ModelKind.Hypernetwork, ModelKind.ControlNet, ModelKind.Upscaler, ModelKind.Tagger }
            .SelectMany(kind => index.Files(kind)).Select(f => f.Name));
    }

    [Theory]
    [InlineData("webui")]
    [InlineData("webui/models")]
    public void A_webui_folder_is_understood(string root)
    {
        foreach (var name in (string[])["models/Stable-diffusion/a.safetensors", "models/Stable-diffusion/a.vae.pt", "models/VAE/v.safetensors", "models/Lora/x/l.safetensors",
            "models/LyCORIS/y.safetensors", "models/ESRGAN/u.pth", "models/RealESRGAN/r.pth", "models/hypernetworks/h.pt", "models/ControlNet/c.pth", "embeddings/e.pt",
            "models/VAE-approx/no.pt"]) folder.Write($"webui/{name}", [1]);
        var index = Index(more: folder.At(root));
        string[] Names(ModelKind kind) => [.. index.Files(kind).Select(f => f.Name)];
        Assert.Equal(["a"], Names(ModelKind.Checkpoint));
        Assert.Equal(["a.vae", "v"], Names(ModelKind.Vae));
        Assert.Equal(["l", "y"], Names(ModelKind.Lora));
        Assert.Equal(["r", "u"], Names(ModelKind.Upscaler));
        Assert.Equal(["h"], Names(ModelKind.Hypernetwork));
        Assert.Equal(["c"], Names(ModelKind.ControlNet));
        Assert.Equal(["e"], Names(ModelKind.Embedding));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]   // folders are old enough to be remembered
    public void Files_that_come_change_and_go_are_noticed(int hoursLater)
    {
        var index = Index(clock: new LaterClock(TimeSpan.FromHours(hoursLater)));
        Age("");
        Assert.Empty(index.Files(ModelKind.Checkpoint));

        var a = folder.Write("checkpoints/a.safetensors", [1]);
        Age("checkpoints");
        Assert.Equal(["a"], Names());
        var same = index.Files(ModelKind.Checkpoint)[0];
        Assert.Same(same, index.Files(ModelKind.Checkpoint)[0]);

        folder.Write("checkpoints/new/b.safetensors", [1]);
        Assert.Equal(["a", "b"], Names());
        Age("checkpoints", "checkpoints/new");
        Assert.Equal(["a", "b"], Names());

        folder.Write("checkpoints/a.safetensors", [1, 2]);
        Assert.Equal(2, index.Files(ModelKind.Checkpoint)[0].Size);

        File.Delete(a);
        Assert.Equal(["b"], Names());
        Age("checkpoints");
        Assert.Equal(["b"], Names());
        Directory.Delete(Path.Combine(folder.Path, "checkpoints", "new"), recursive: true);
        Assert.Empty(Names());

        string[] Names() => [.. index.Files(ModelKind.Checkpoint).Select(f => f.Name)];
        void Age(params string[] names)
        {
            foreach (var name in names) Directory.SetLastWriteTimeUtc(Path.Combine(folder.Path, name), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }
    }

    [Fact]
    public void A_folder_is_read_again_only_when_its_time_changed()
    {
        folder.Write("x", [1]);
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Directory.SetLastWriteTimeUtc(folder.Path, old);
        var cache = new FolderCache(TimeProvider.System);
        var listing = cache.Read(folder.Path);
        Assert.Same(listing, cache.Read(folder.Path));
        Directory.SetLastWriteTimeUtc(folder.Path, old.AddSeconds(1));
        Assert.NotSame(listing, cache.Read(folder.Path));
    }

    [Fact]
    public void A_folder_that_changed_this_moment_is_read_again_as_its_time_may_be_too_coarse()
    {
        Directory.SetLastWriteTimeUtc(folder.Path, new DateTime(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var cache = new FolderCache(TimeProvider.System);
        Assert.NotSame(cache.Read(folder.Path), cache.Read(folder.Path));
    }

    [Fact]
    public void Links_are_followed_and_circles_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        folder.Write("elsewhere/a.safetensors", [1, 2, 3]);
        folder.Write("models/checkpoints/own.safetensors", [1]);
        Directory.CreateSymbolicLink(folder.At("models/checkpoints/linked"), folder.At("elsewhere"));
        Directory.CreateSymbolicLink(folder.At("models/checkpoints/again"), folder.At("elsewhere"));
        Directory.CreateSymbolicLink(folder.At("elsewhere/back"), "../models/checkpoints");
        Directory.CreateSymbolicLink(folder.At("models/checkpoints/self"), ".");
        File.CreateSymbolicLink(folder.At("models/checkpoints/file.safetensors"), folder.At("elsewhere/a.safetensors"));
        File.CreateSymbolicLink(folder.At("models/checkpoints/broken.safetensors"), "nowhere");
        File.CreateSymbolicLink(folder.At("models/checkpoints/circle.safetensors"), "circle.safetensors");
        var index = new ModelIndex(new ModelIndexOptions { Folder = folder.At("models") }, TimeProvider.System);
        var found = index.Files(ModelKind.Checkpoint);
        Assert.Equal(["again/a.safetensors", "file.safetensors", "own.safetensors"], found.Select(f => f.RelativeName));
        Assert.Equal([3L, 3L, 1L], found.Select(f => f.Size));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_noted()
    {
        var index = Index(more: folder.At("none"));
        Assert.Empty(index.Files(ModelKind.Lora));
        Assert.Equal([$"{folder.At("none")}: there is no such folder; expected one with models."], index.Notes);
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_skipped_with_a_note()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Everything can be read.");
        folder.Write("checkpoints/a.safetensors", [1]);
        var locked = Path.GetDirectoryName(folder.At("checkpoints/locked/b.safetensors"))!;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(locked, UnixFileMode.None);
        try
        {
            var index = Index();
            Assert.Equal(["a"], index.Files(ModelKind.Checkpoint).Select(f => f.Name));
            Assert.StartsWith($"{locked}: this folder is skipped", Assert.Single(index.Notes), StringComparison.Ordinal);
        }
        finally
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_checkpoint_is_found_by_all_its_names()
    {
        var emoji = folder.Write("checkpoints/people/Emoji 3D.safetensors", Safetensors.Checkpoint());
        folder.Write("checkpoints/other.safetensors", Safetensors.Checkpoint(metadata: """{"k":"other"}"""));
        folder.Write("checkpoints/old.ckpt", [1, 2, 3]);
        var sha = await new ModelHashes().Sha256Async(emoji, Cancel);
        foreach (var name in (string[])["Emoji 3D", "emoji 3d", "Emoji 3D.safetensors", "people/Emoji 3D", @"people\emoji 3d.SAFETENSORS", " Emoji 3D ", emoji,
            sha[..10], sha, sha.ToUpperInvariant(), $"Emoji 3D.safetensors [{sha[..10]}]", $"renamed.safetensors [{sha[..10]}]", $"Emoji 3D.safetensors [0123456789]", "moji"])
        {
            Assert.Equal(emoji, (await Index().FindCheckpointAsync(name, Cancel)).Path);
        }
    }

    [Fact]
    public async Task A_checkpoint_is_found_by_the_hash_of_old()
    {
        var path = folder.Write("checkpoints/a.safetensors", [.. Safetensors.Checkpoint(), .. new byte[0x100010]]);
        folder.Write("checkpoints/b.safetensors", Safetensors.Checkpoint());
        Assert.Equal(path, (await Index().FindCheckpointAsync(ModelHashes.Old(path), Cancel)).Path);
    }

    [Fact]
    public async Task A_hash_in_the_title_decides_between_files_of_one_name()
    {
        var a = folder.Write("checkpoints/a/m.safetensors", [1]);
        var b = folder.Write("checkpoints/b/m.safetensors", [2]);
        var hash = (await new ModelHashes().Sha256Async(b, Cancel))[..10];
        Assert.Equal(b, (await Index().FindCheckpointAsync($"m.safetensors [{hash}]", Cancel)).Path);
        Assert.Equal(a, (await Index().FindCheckpointAsync("a/m", Cancel)).Path);
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Index().FindCheckpointAsync("m", Cancel));
        Assert.Equal("'m' can be more than one checkpoint: a/m.safetensors, b/m.safetensors; expected a name that fits only one.", error.Message);
    }

    [Fact]
    public async Task Of_two_formats_of_a_model_the_safetensors_file_is_taken()
    {
        var torch = folder.Write("checkpoints/m.ckpt", [1]);
        var path = folder.Write("checkpoints/m.safetensors", [2]);
        Assert.Equal(path, (await Index().FindCheckpointAsync("m", Cancel)).Path);
        Assert.Equal(torch, (await Index().FindCheckpointAsync("m.ckpt", Cancel)).Path);
        folder.Write("checkpoints/a/n.ckpt", [1]);
        folder.Write("checkpoints/b/n.safetensors", [2]);
        await Assert.ThrowsAsync<InvalidRequestException>(() => Index().FindCheckpointAsync("n", Cancel));   // two models, perhaps
    }

    [Fact]
    public void A_kinds_files_are_those_that_webui_lists()
    {
        foreach (var kind in (string[])["checkpoints", "vae", "loras", "embeddings", "hypernetworks", "upscalers"])
        {
            foreach (var extension in (string[])["safetensors", "ckpt", "pt", "pth", "bin", "onnx", "yaml", "png"]) folder.Write($"{kind}/x.{extension}", [1]);
        }
        var index = Index();
        string[] Extensions(ModelKind kind) => [.. index.Files(kind).Select(f => Path.GetExtension(f.Path)).Order(StringComparer.Ordinal)];
        Assert.Equal([".ckpt", ".safetensors"], Extensions(ModelKind.Checkpoint));
        Assert.Equal([".ckpt", ".pt", ".safetensors"], Extensions(ModelKind.Vae));
        Assert.Equal([".ckpt", ".pt", ".safetensors"], Extensions(ModelKind.Lora));
        Assert.Equal([".bin", ".pt", ".safetensors"], Extensions(ModelKind.Embedding));
        Assert.Equal([".pt"], Extensions(ModelKind.Hypernetwork));
        Assert.Equal([".pt", ".pth", ".safetensors"], Extensions(ModelKind.Upscaler));
    }

    [Fact]
    public async Task A_missing_checkpoint_is_told_with_what_there_is()
    {
        folder.Write("checkpoints/dreamshaper_8.safetensors", [1]);
        folder.Write("checkpoints/emoji.safetensors", [1]);
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Index().FindCheckpointAsync("dreamshapr_8", Cancel));
        Assert.Equal("There is no checkpoint 'dreamshapr_8'; nearest: dreamshaper_8; there is dreamshaper_8, emoji.", error.Message);
        error = await Assert.ThrowsAsync<InvalidRequestException>(() => Index().FindCheckpointAsync("e", Cancel));
        Assert.Contains("'e' can be more than one checkpoint: dreamshaper_8.safetensors, emoji.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_checkpoint_the_folder_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Index().DefaultCheckpointAsync(Cancel));
        Assert.Equal($"There is no checkpoint in {Path.Combine(folder.Path, "checkpoints")}; put a .safetensors file of SD 1.x, SD 2.x or SDXL there.", error.Message);
    }

    [Fact]
    public async Task The_default_is_the_first_that_can_be_drawn_with()
    {
        folder.Write("checkpoints/a.ckpt", [1]);
        folder.Write("checkpoints/b.safetensors", [1]);
        folder.Write("checkpoints/c.safetensors", Safetensors.Checkpoint("cond_stage_model.model.x", inputs: 5));
        folder.Write("checkpoints/d.safetensors", Safetensors.WithTensors(("x.lora_up.weight", [1])));
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Index().DefaultCheckpointAsync(Cancel));
        Assert.EndsWith("a.ckpt: this is no file of torch; expected a zip archive or pickle that torch.save wrote.", error.Message, StringComparison.Ordinal);
        folder.Write("checkpoints/z.safetensors", Safetensors.Checkpoint());
        folder.Write("checkpoints/y.safetensors", Safetensors.Checkpoint());
        var index = Index();
        Assert.Equal("y", (await index.DefaultCheckpointAsync(Cancel)).Name);
        Assert.Equal("z", (await Index(defaultCheckpoint: "Z").DefaultCheckpointAsync(Cancel)).Name);
        Assert.Equal([null, null, "SD 2.x depth", null, "SD 1.x", "SD 1.x"], index.Files(ModelKind.Checkpoint).Select(f => f.Family?.Name));
        Assert.Contains("this looks like a LoRA", index.Files(ModelKind.Checkpoint)[3].Problem, StringComparison.Ordinal);
        Assert.Contains("SD 2.x depth is not drawn yet", index.Files(ModelKind.Checkpoint)[2].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vae_is_found_by_name_or_comes_from_the_checkpoint()
    {
        var vae = folder.Write("vae/sharp.safetensors", [1]);
        var near = folder.Write("checkpoints/m.vae.safetensors", [1]);
        folder.Write("checkpoints/m.safetensors", [1]);
        folder.Write("checkpoints/mm.safetensors", [1]);
        var index = Index();
        foreach (var name in (string[])["sharp", "Sharp.safetensors", vae]) Assert.Equal(vae, (await index.FindVaeAsync(name, cancel: Cancel))?.Path);
        foreach (var none in (string?[])[null, "", "None", "none", "Automatic"]) Assert.Null(await index.FindVaeAsync(none, cancel: Cancel));
        Assert.Equal(near, (await index.FindVaeAsync("Automatic", await index.FindCheckpointAsync("m", Cancel), Cancel))?.Path);
        Assert.Null(await index.FindVaeAsync("Automatic", await index.FindCheckpointAsync("mm", Cancel), Cancel));
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => index.FindVaeAsync("blurry", cancel: Cancel));
        Assert.Equal("There is no VAE 'blurry'; there is m.vae, sharp.", error.Message);
    }

    [Fact]
    public async Task A_file_outside_the_models_folders_is_not_found_by_its_path()
    {
        folder.Write("models/checkpoints/a.safetensors", [1]);
        var outside = folder.Write("secret.safetensors", [1]);
        var index = new ModelIndex(new ModelIndexOptions { Folder = folder.At("models") }, TimeProvider.System);
        await Assert.ThrowsAsync<InvalidRequestException>(() => index.FindCheckpointAsync(outside, Cancel));
    }

    private ModelIndex Index(string? more = null, string? defaultCheckpoint = null, TimeProvider? clock = null)
    {
        var options = new ModelIndexOptions { Folder = folder.Path, DefaultCheckpoint = defaultCheckpoint };
        if (more is not null) options.MoreFolders.Add(more);
        return new ModelIndex(options, clock ?? TimeProvider.System);
    }

    private sealed class LaterClock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;
    }
}
