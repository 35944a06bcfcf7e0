namespace DiffusionBot.Imaging.Tests.Reading;

public sealed class PerceptualHashTests
{
    private static readonly (string File, string Prompt, long Seed, Bitmap Picture, ulong Hash)[] Pictures = [.. Read()];

    [Fact]
    public void Finds_a_picture_again_after_what_platforms_do()
    {
        var distances = new SortedDictionary<int, int>();
        foreach (var (file, _, _, picture, hash) in Pictures)
        {
            foreach (var (name, variant) in PictureVariants.Of(picture))
            {
                var distance = PerceptualHash.Distance(hash, PerceptualHash.Of(variant));
                distances[distance] = distances.GetValueOrDefault(distance) + 1;
                Assert.True(distance <= PerceptualHash.SamePicture, $"{file}, {name}: {distance} bits of the original; expected at most {PerceptualHash.SamePicture}.");
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"copies: {string.Join(' ', distances)}");
        Assert.True(distances[0] > distances.Values.Sum() / 2);
    }

    [Fact]
    public void Keeps_other_prompts_and_other_seeds_apart()
    {
        var distances = new SortedDictionary<int, int>();
        for (var i = 0; i < Pictures.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                // One prompt with one seed is drawn by several routes here (upscalers, fills), and looks much the same.
                var (one, other) = (Pictures[i], Pictures[j]);
                if (one.Prompt == other.Prompt && one.Seed == other.Seed) continue;
                var distance = PerceptualHash.Distance(one.Hash, other.Hash);
                distances[distance] = distances.GetValueOrDefault(distance) + 1;
                Assert.True(distance > PerceptualHash.SamePicture, $"{one.File} and {other.File}: {distance} bits; expected more than {PerceptualHash.SamePicture}.");
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"others: {string.Join(' ', distances)}");
        Assert.True(distances.Where(d => d.Key >= 20).Sum(d => d.Value) > distances.Values.Sum() * 9 / 10);
    }

    [Fact]
    public void Four_seeds_of_one_prompt_are_four_pictures()
    {
        var rockets = Pictures.Where(p => p.Prompt == "a rocket").Select(p => p.Hash).ToArray();
        Assert.Equal(4, rockets.Length);
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < i; j++) Assert.True(PerceptualHash.Distance(rockets[i], rockets[j]) > 2 * PerceptualHash.SamePicture);
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 3000, 3)]
    [InlineData(7, 5, 4)]
    public void Any_picture_has_a_hash(int width, int height, int channels)
    {
        var picture = Samples.Noise(width, height, channels, seed: 1);
        Assert.Equal(0, PerceptualHash.Distance(PerceptualHash.Of(picture), PerceptualHash.Of(picture)));
    }

    [Fact]
    public void Distance_counts_bits()
    {
        Assert.Equal(64, PerceptualHash.Distance(0, ulong.MaxValue));
        Assert.Equal(2, PerceptualHash.Distance(0b1010, 0b0011));
    }

    private static IEnumerable<(string File, string Prompt, long Seed, Bitmap Picture, ulong Hash)> Read()
    {
        foreach (var picture in TestData.Json("pictures/pictures.json").EnumerateArray())
        {
            var seed = picture.GetProperty("seed").GetInt64();
            foreach (var file in picture.GetProperty("files").EnumerateArray().Select(f => f.GetString()!))
            {
                var bitmap = PictureReader.Decode(File.ReadAllBytes(TestData.Reference($"pictures/{file}"))).Bitmap;
                yield return (file, picture.GetProperty("prompt").GetString()!, seed++, bitmap, PerceptualHash.Of(bitmap));
            }
        }
    }
}
