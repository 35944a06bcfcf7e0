using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Prompts;

public sealed class PromptCommentsTests
{
    [Theory]
    [InlineData("a cat", "a cat")]
    [InlineData("a cat # tabby", "a cat \n")]
    [InlineData("a cat # tabby\non a mat", "a cat \non a mat")]
    [InlineData("# title\na cat", "\na cat")]
    [InlineData("a cat\n# not a dog\non a mat", "a cat\non a mat")]
    [InlineData("a cat\n# one\n# two\non a mat", "a cat\n\non a mat")]
    [InlineData("a #x\n#y\nb", "a \nb")]
    [InlineData("a##b\n", "a\n")]
    [InlineData("#", "\n")]
    [InlineData("", "")]
    public void A_comment_goes_to_the_end_of_its_line(string prompt, string rest) => Assert.Equal(rest, PromptComments.Strip(prompt));

    [Fact]
    public void They_are_in_none_of_the_prompts()
    {
        var request = new ImageRequest { Prompt = "a#1", NegativePrompt = "b#2", Hires = new HiresFix { Prompt = "c#3", NegativePrompt = "d#4" } }.WithoutComments();
        Assert.Equal(("a\n", "b\n", "c\n", "d\n"), (request.Prompt, request.NegativePrompt, request.Hires!.Prompt, request.Hires.NegativePrompt));
    }
}
