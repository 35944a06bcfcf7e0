using System.Text.Json;

namespace DiffusionBot.Tests.Architecture;

/// <summary>npm carries native code here: from whichever registry a machine is set up for, and the very files that were tried.</summary>
public sealed class NativePackagesTests
{
    public static TheoryData<string> LockFiles =>
        ["package-lock.json", "src/OnnxRuntime/cuda/linux-x64/package-lock.json", "src/OnnxRuntime/cuda/win-x64/package-lock.json"];

    private static IEnumerable<JsonProperty> Packages(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData.Root, file))).RootElement.GetProperty("packages").EnumerateObject();

    [Theory, MemberData(nameof(LockFiles))]
    public void A_lock_file_names_no_registry(string file)
    {
        Assert.DoesNotContain("://", File.ReadAllText(Path.Combine(TestData.Root, file)).Replace("\"url\": \"https://", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(Packages(file), p => Assert.False(p.Value.TryGetProperty("resolved", out var at) && !p.Value.TryGetProperty("link", out _), $"{p.Name} is resolved to {at}."));
    }

    [Theory, MemberData(nameof(LockFiles))]
    public void A_lock_file_pins_every_package_to_its_contents(string file)
    {
        var fetched = Packages(file).Where(p => p.Name.StartsWith("node_modules/", StringComparison.Ordinal) && !p.Value.TryGetProperty("link", out _)).ToList();
        Assert.NotEmpty(fetched);
        Assert.All(fetched, p => Assert.StartsWith("sha512-", p.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(LockFiles))]
    public void No_package_runs_a_script_when_it_is_fetched(string file) =>
        Assert.Contains("ignore-scripts=true", File.ReadAllLines(Path.Combine(TestData.Root, Path.GetDirectoryName(file)!, ".npmrc")));

    [Fact]
    public void The_CUDA_packages_are_of_the_same_release_as_the_runtime_they_meet()
    {
        static string? Version(string file, string package) =>
            Packages(file).Single(p => p.Name == "node_modules/" + package).Value.GetProperty("version").GetString();
        var release = Version("package-lock.json", "com.github.asus4.onnxruntime");
        foreach (var platform in new[] { "linux-x64", "win-x64" })
        {
            var file = $"src/OnnxRuntime/cuda/{platform}/package-lock.json";
            Assert.Equal(release, Version(file, $"com.github.asus4.onnxruntime.{platform}-gpu"));
            // 0.4.9 carries ONNX Runtime 1.29.0; a new one of either is to be checked against the other by hand.
            Assert.Equal(("0.4.9", "1.29.0"), (release, Version(file, "onnxruntime-node")));
        }
    }
}
