using DiffusionBot.Engine;
using DiffusionBot.Generation.Presets;

namespace DiffusionBot.Generation.Tests.Presets;

/// <summary>WebUI's styles.csv.</summary>
public sealed class StyleLibraryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("styles").FullName;
    private readonly StyleLibrary library;

    public StyleLibraryTests() => library = new StyleLibrary(folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(string text, string name = "styles.csv") => File.WriteAllText(Path.Combine(folder, name), text);

    private (string Prompt, string Negative, string[] Notes) Over(string names, string prompt = "a cat", string negative = "dog")
    {
        var notes = new List<LocalText>();
        var request = library.Over(new ImageRequest { Prompt = prompt, NegativePrompt = negative }, names, notes);
        return (request.Prompt, request.NegativePrompt, [.. notes.Select(note => note.English)]);
    }

    [Theory]
    [InlineData("plain", "a cat, oil, old", "dog, photo")]
    [InlineData("PLAIN", "a cat, oil, old", "dog, photo")]
    [InlineData("around", "photo of a cat, sharp", "dog")]
    [InlineData("水墨", "a cat, ink, \"fine\"\nlines", "dog")]
    [InlineData("plain + around", "photo of a cat, oil, old, sharp", "dog, photo")]
    [InlineData("a+b", "a cat, sum", "dog")]
    public void Words_are_appended_or_put_in_their_place(string names, string prompt, string negative)
    {
        Write("﻿name,prompt,negative_prompt\r\nplain,\"oil, old\",photo\r\naround,\"photo of {prompt}, sharp\",\r\n水墨,\"ink, \"\"fine\"\"\nlines\",\r\na+b,sum,\r\n");
        var over = Over(names);
        Assert.Equal((prompt, negative), (over.Prompt, over.Negative));
        Assert.Empty(over.Notes);
    }

    [Fact]
    public void No_words_leave_no_commas()
    {
        Write("name,prompt,negative_prompt\na,oil,\nb,,blur\n");
        Assert.Equal(("oil", ""), (Over("a", "", "").Prompt, Over("a", "", "").Negative));
        Assert.Equal(("", "blur"), (Over("b", "", "").Prompt, Over("b", "", "").Negative));
    }

    [Fact]
    public void Older_files_and_dividers_are_read()
    {
        Write("name,text\n---- art ----,\nink,black ink\n");
        Assert.Equal(["ink"], library.All.Select(style => style.Name));
        Assert.Equal("a cat, black ink", Over("ink").Prompt);
    }

    [Fact]
    public void What_is_unknown_is_told_with_what_is_near()
    {
        Write("name,prompt,negative_prompt\nwatercolor,wet,\n");
        Assert.Equal(["There is no style “wotercolor”; names like it: watercolor. It was left out."], Over("wotercolor").Notes);
        Assert.Equal(["There is no style “oil”; it was left out."], Over("watercolor + oil").Notes);
    }

    [Fact]
    public void Files_are_read_as_they_are_now_the_first_of_a_name_goes()
    {
        Assert.Empty(library.All);
        Write("name,prompt\nink,one\n", "styles-a.csv");
        Write("name,prompt\nink,two\noil,three\n", "styles-b.csv");
        Assert.Equal(["one", "three"], library.All.Select(style => style.Prompt));
    }

    [Theory]
    [InlineData("title,words\na,b\n", "expected the columns name, prompt, negative_prompt; found title, words.")]
    [InlineData("", null)]
    public void A_file_that_is_none_is_a_problem_and_no_more(string text, string? problem)
    {
        Write(text);
        Write("name,prompt\nink,one\n", "styles2.csv");
        Assert.Equal(["ink"], library.All.Select(style => style.Name));
        Assert.Equal(problem is null ? [] : [$"{Path.Combine(folder, "styles.csv")}: cannot be read as styles: {problem}"], library.Problems);
    }

    [Fact]
    public void What_is_too_long_or_no_text_is_not_read()
    {
        Write("name,prompt\nink," + new string('x', StyleLibrary.MaxBytes));
        File.WriteAllBytes(Path.Combine(folder, "styles-bytes.csv"), [.. "name,prompt\nink,"u8, 0xFF, 0xFE, (byte)'\n']);
        Assert.Empty(library.All);
        Assert.Equal(2, library.Problems.Count);
    }
}
