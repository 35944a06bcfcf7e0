using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>Embeddings: which words are theirs, where their vectors lie, what infotext says of them, and files that are none.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_word_takes_as_many_tokens_as_it_has_vectors()
    {
        var library = Library(("tinystyle", 3));
        var chunk = Assert.Single(Split("a (tinystyle:1.3), b", library));
        var fix = Assert.Single(chunk.Fixes);
        Assert.Equal((1, "tinystyle"), (fix.At, fix.Embedding.Name));
        Assert.Equal([0, 0, 0], chunk.Tokens[2..5]);
        Assert.Equal([1, 1, 1.3f, 1.3f, 1.3f, 1], chunk.Multipliers[..6]);
        Assert.Equal(ClipTokenizer.CommaToken, chunk.Tokens[5]);
    }

    [Fact]
    public void The_longest_name_is_taken_and_case_does_not_count()
    {
        var library = Library(("style", 1), ("style of mine", 2));
        Assert.Equal(["style of mine", "style"], Split("Style of Mine, STYLE of", library)[0].Fixes.Select(f => f.Embedding.Name));
    }

    [Fact]
    public void What_does_not_fit_moves_to_the_next_chunk()
    {
        var library = Library(("tinystyle", 4));
        var chunks = Split(string.Join(' ', Enumerable.Repeat("cat", 72)) + " tinystyle dog", library);
        Assert.Empty(chunks[0].Fixes);
        Assert.Equal(0, Assert.Single(chunks[1].Fixes).At);
    }

    /// <summary>As in WebUI: words behind the comma move to the next chunk, vectors do not.</summary>
    [Fact]
    public void Where_a_comma_breaks_a_chunk_vectors_stay_behind()
    {
        var library = Library(("tinystyle", 2));
        var chunks = Split(string.Join(' ', Enumerable.Repeat("cat", 68)) + ", tinystyle dog dog dog dog dog", library);
        Assert.Equal(69, Assert.Single(chunks[0].Fixes).At);
        Assert.Empty(chunks[1].Fixes);
    }

    [Theory]
    [InlineData("tinystyle", "", "tinystyle: HASH")]
    [InlineData("tinystyle, tinycat", "", "tinystyle: HASH, tinycat: HASH")]
    [InlineData("tinystyle", "tinycat", "tinystyle: HASH, tinycat: HASH")]
    [InlineData("tinystyle", "tinystyle", "tinystyle: HASH, tinystyle: HASH")]
    [InlineData("tinystyle AND tinycat", "", "tinycat: HASH, tinystyle: HASH")]
    [InlineData("[tinystyle:tinycat:0.5]", "", "tinystyle: HASH, tinycat: HASH")]
    [InlineData("a cat", "", null)]
    public void Infotext_names_what_is_used(string prompt, string negative, string? expected)
    {
        var hashes = EmbeddingHashes.Of(prompt, negative, new PassLength(10), EmphasisMode.Original, Library(("tinystyle", 1), ("tinycat", 1)));
        Assert.Equal(expected, hashes is null ? null : System.Text.RegularExpressions.Regex.Replace(hashes, "[0-9a-f]{12}", "HASH", default, TimeSpan.FromSeconds(1)));
    }

    /// <summary>Both encoders read the prompt, and WebUI writes what each finds.</summary>
    [Fact]
    public void SDXL_has_vectors_for_both_encoders()
    {
        folder.Write("embeddings/two.safetensors", LoraFiles.Bytes(1, null, ("clip_l", [2, 8]), ("clip_g", [2, 12])));
        var library = new EmbeddingLibrary(Files(), [8, 12], TestContext.Current.CancellationToken);
        var embedding = Assert.Single(Split("two", library)[0].Fixes).Embedding;
        Assert.Equal([16, 24], embedding.Parts.Select(p => p.Length));
        Assert.Equal($"two: {embedding.Hash}, two: {embedding.Hash}", EmbeddingHashes.Of("two", "", new PassLength(1), EmphasisMode.Original, library));
    }

    [Theory]
    [InlineData("another family", "x 2,9")]
    [InlineData("another family", "clip_l 2,8 clip_g 2,12")]
    [InlineData("it has 2 tensors", "x 2,8 y 2,8")]
    [InlineData("has 76 vectors", "x 76,8")]
    [InlineData("has 0 vectors", "x 0,8")]
    [InlineData("another family", "x 1,2,8")]
    public void What_is_none_for_this_model_is_a_word_and_told(string why, string tensors)
    {
        var words = tensors.Split(' ');
        (string, long[])[] all = [.. Enumerable.Range(0, words.Length / 2).Select(i => (words[2 * i], (long[])[.. words[(2 * i) + 1].Split(',').Select(long.Parse)]))];
        folder.Write("embeddings/word.safetensors", LoraFiles.Bytes(1, null, all));
        var library = new EmbeddingLibrary(Files(), [8], TestContext.Current.CancellationToken);
        Assert.Empty(Split("word", library)[0].Fixes);
        Assert.Contains(why, Assert.Single(library.Notes).English, StringComparison.Ordinal);
        Assert.Empty(new EmbeddingLibrary(Files(), [8], TestContext.Current.CancellationToken).Notes);   // nobody asked for it
    }

    [Fact]
    public void Of_files_by_one_name_and_bundles_the_first_is_it()
    {
        folder.Write("embeddings/word.safetensors", LoraFiles.Bytes(1, null, ("x", [1, 8])));
        var lora = folder.Write("loras/l.safetensors", LoraFiles.Bytes(1, null, ("bundle_emb.word.string_to_param.*", [3, 8]), ("bundle_emb.other.emb_params", [2, 8]), ("bundle_emb.broken", [1])));
        var library = new EmbeddingLibrary(Files(), [8], TestContext.Current.CancellationToken);
        library.AddBundled("l", SafetensorsFile.Open(lora));
        Assert.Equal([("word", 1), ("other", 2)], Split("word other", library)[0].Fixes.Select(f => (f.Embedding.Name, f.Embedding.Vectors)));
        Assert.Equal("l", Split("other", library)[0].Fixes[0].Embedding.Hash);
    }

    public void Dispose() => folder.Dispose();

    private static IReadOnlyList<PromptChunk> Split(string prompt, EmbeddingLibrary library) => PromptChunks.Split(prompt, ClipTokenizer.Shared, embeddings: library);

    private IReadOnlyList<ModelFile> Files() => new ModelIndex(new ModelIndexOptions { Folder = folder.Path }, TimeProvider.System).Files(ModelKind.Embedding);

    private EmbeddingLibrary Library(params (string Name, int Vectors)[] embeddings)
    {
        foreach (var (name, vectors) in embeddings) folder.Write($"embeddings/{name}.safetensors", LoraFiles.Bytes(1, null, ("emb_params", [vectors, 8])));
        return new EmbeddingLibrary(Files(), [8], TestContext.Current.CancellationToken);
    }
}
