using System.Text.Json;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Tests.Prompts;

/// <summary>A checkpoint whose networks are loaded once for a class.</summary>
public sealed class TinyModel : IDisposable
{
    internal LoadedModel Model { get; } = LoadedModel.Load(
        SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")), vae: null, EngineDevice.Cpu(0), CancellationToken.None);

    public void Dispose() => Model.Dispose();
}

/// <summary>Prompts to conditioning, against WebUI's: weights, BREAK, chunks, clip skip, Chinese.</summary>
public sealed class TextConditionerTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private static readonly ReferenceTensors Expected = ReferenceTensors.Open("families/tiny-sd1/expected.safetensors");

    private static readonly Dictionary<string, JsonElement> Cases = TestData.Json("families/tiny-sd1/expected.json").GetProperty("conditioning")
        .EnumerateArray().ToDictionary(c => c.GetProperty("id").GetString()!, StringComparer.Ordinal);

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Conditioning_is_that_of_WebUI(string id)
    {
        var conditioning = tiny.Model.Text.Encode(
            Cases[id].GetProperty("prompt").GetString()!, Cases[id].GetProperty("clip_skip").GetInt32(), EmphasisOf(Cases[id].GetProperty("emphasis").GetString()!),
            new NativeClock(), TestContext.Current.CancellationToken);
        Assert.Equal<int>(Expected.Shape(id), new[] { conditioning.Tokens, conditioning.Width });
        TensorAssert.CloseInL2(Expected.Floats(id), conditioning.Values, 1e-4, id);
    }

    [Fact]
    public void All_cases_are_there() => Assert.Equal(19, Cases.Count);

    private static EmphasisMode EmphasisOf(string name) => InfotextMapping.ToRequest(
        new InfotextValues("", "") { Parameters = new Dictionary<string, string> { ["Emphasis"] = name } }, new ImageRequest(), out _).Emphasis;

    [Fact]
    public void Texts_of_one_prompt_are_of_one_length_the_shorter_by_empty_chunks()
    {
        var clock = new NativeClock();
        var both = tiny.Model.Text.Encode([("a cat", 1), ("a cat BREAK a dog", 1)], 1, EmphasisMode.Original, clock, default);
        var (cat, empty) = (tiny.Model.Text.Encode("a cat", 1, EmphasisMode.Original, clock, default), tiny.Model.Text.Encode("", 1, EmphasisMode.Original, clock, default));
        Assert.Equal((154, 154), (both[0].Tokens, both[1].Tokens));
        TensorAssert.Close([.. cat.Values, .. empty.Values], both[0].Values, 1e-5f, "cat");
        TensorAssert.Close(cat.Values, both[1].Values.AsSpan(0, cat.Values.Length), 1e-5f, "cat and dog");
    }

    [Fact]
    public void A_prompt_that_becomes_more_than_can_be_held_is_refused()
    {
        (string, int)[] texts = [.. Enumerable.Range(0, 101).Select(i => ($"{i}", 1)), (string.Join(" BREAK ", Enumerable.Repeat("a", 10)), 1)];
        var refused = Assert.Throws<InvalidRequestException>(() => tiny.Model.Text.Encode(texts, 1, EmphasisMode.Original, new NativeClock(), default));
        Assert.Equal("The prompt becomes 102 texts of 10 chunks of 75 tokens on its way; expected at most 1000 chunks in all.", refused.Message);
    }
}
