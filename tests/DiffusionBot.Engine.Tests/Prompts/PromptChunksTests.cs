using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Prompts;

public sealed class PromptChunksTests
{
    private const int Start = ClipTokenizer.StartToken, End = ClipTokenizer.EndToken, Cat = 2368, Comma = 267, Dog = 1929;

    private static IReadOnlyList<PromptChunk> Split(string prompt) => PromptChunks.Split(prompt, ClipTokenizer.Shared);

    private static string Cats(int count) => string.Join(' ', Enumerable.Repeat("cat", count));

    private static IEnumerable<int> Padded(params IEnumerable<int> tokens) =>
        new[] { Start }.Concat(tokens).Concat(Enumerable.Repeat(End, PromptChunk.Length)).Take(PromptChunk.Length);

    [Fact]
    public void An_empty_prompt_is_one_empty_chunk()
    {
        var chunk = Assert.Single(Split(""));
        Assert.Equal(Padded(), chunk.Tokens);
        Assert.All(chunk.Multipliers, m => Assert.Equal(1, m));
        Assert.Equal(chunk.Tokens, PromptChunk.Of([], [], End).Tokens);
        Assert.Equal(0, PromptChunks.CountTokens("", ClipTokenizer.Shared));
    }

    [Fact]
    public void Weights_stand_beside_their_tokens()
    {
        var chunk = Assert.Single(Split("cat (dog:1.3) [cat]"));
        Assert.Equal(Padded(Cat, Dog, Cat), chunk.Tokens);
        Assert.Equal([1, 1, 1.3f, (float)(1 / 1.1), 1], chunk.Multipliers[..5]);
    }

    [Fact]
    public void Break_starts_a_chunk()
    {
        var chunks = Split("cat BREAK dog");
        Assert.Equal([Padded(Cat), Padded(Dog)], chunks.Select(c => c.Tokens.AsEnumerable()));
        Assert.Equal(76, PromptChunks.CountTokens("cat BREAK dog", ClipTokenizer.Shared));
    }

    [Fact]
    public void Break_at_the_end_starts_none()
    {
        Assert.Single(Split("cat BREAK"));
        Assert.Equal(75, PromptChunks.CountTokens("cat BREAK", ClipTokenizer.Shared));
    }

    [Fact]
    public void A_weighted_break_is_a_word() => Assert.Single(Split("(cat BREAK dog:1.2)"));

    [Theory]
    [InlineData(75, 1)]
    [InlineData(76, 2)]
    [InlineData(150, 2)]
    [InlineData(151, 3)]
    public void A_full_chunk_is_followed_by_another(int words, int chunks)
    {
        Assert.Equal(chunks, Split(Cats(words)).Count);
        Assert.Equal(words, PromptChunks.CountTokens(Cats(words), ClipTokenizer.Shared));
    }

    [Theory]
    [InlineData(55, 56)]   // comma at 55, 20 before the end: what follows it moves
    [InlineData(54, 75)]   // 21 before the end: too far back
    public void What_follows_a_near_comma_moves_to_the_next_chunk(int comma, int kept)
    {
        var chunks = Split($"{Cats(comma)}, {Cats(30)}");
        Assert.Equal(2, chunks.Count);
        Assert.Equal(Padded(Enumerable.Repeat(Cat, comma).Append(Comma).Concat(Enumerable.Repeat(Cat, kept - comma - 1))), chunks[0].Tokens);
        Assert.Equal(Padded(Enumerable.Repeat(Cat, comma + 31 - kept)), chunks[1].Tokens);
    }

    [Fact]
    public void A_comma_that_is_the_76th_token_begins_the_next_chunk()
    {
        var chunks = Split($"{Cats(75)}, dog");
        Assert.Equal(Padded(Comma, Dog), chunks[1].Tokens);
    }

    [Fact]
    public void The_pad_token_stands_after_the_first_end()
    {
        var chunk = Assert.Single(PromptChunks.Split("cat", ClipTokenizer.Shared, padToken: 0));
        Assert.Equal([Start, Cat, End, 0, 0], chunk.Tokens[..5]);
        Assert.Equal(0, chunk.Tokens[^1]);
        Assert.Equal([Start, End, 0], PromptChunk.Of([], [], padToken: 0).Tokens[..3]);
    }
}
