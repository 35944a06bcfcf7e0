using System.Text;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;
using FsCheck;
using FsCheck.Fluent;

namespace DiffusionBot.Tests.Understanding;

/// <summary>
/// Whatever is sent is read: without an exception, in time that grows with its length, and with no word lost. A failure prints the message and the
/// seed to replay it with.
/// </summary>
public sealed class SurvivalTests
{
    private const int Short = 20_000;
    private const int Long = 1_000_000;
    private const int Longest = 100_000;

    [Fact]
    public void Any_message_is_read_and_no_word_of_it_is_lost() => Check(Short);

    [Fact]
    [Trait("Category", "Long")]
    public void A_million_messages_are_read_and_no_word_of_them_is_lost() => Check(Long);

    private static void Check(int messages) => Prop.ForAll(Messages.Any, Survives).Check(
        Config.QuickThrowOnFailure.WithMaxTest(messages).WithEndSize(40).WithParallelRunConfig(new ParallelRunConfig(Environment.ProcessorCount)));

    private static bool Survives(string text)
    {
        var message = CommandParser.Parse(text);
        FlagsAreAll(message.Rest);
        _ = SettingsWords.Parse(text);
        var request = RequestLayers.Build(FlagSet.Empty, message.Words.Flags, message.Words.Recipe, message.Words, out _);
        request = RequestLayers.Change(request, message.Words, out _);
        _ = CommandParser.ParseDrawing(InfotextWriter.Write(request));
        Assert.Equal(message.Words.Flags.ToPairs(), FlagSet.FromPairs(message.Words.Flags.ToPairs(), out var problems).ToPairs());
        Assert.Empty(problems);
        WordsAreAll(text, message);
        return true;
    }

    /// <summary>Flags and words together hold every letter and digit as often as the text does, and what was not understood is named.</summary>
    private static void FlagsAreAll(string text)
    {
        var scan = FlagScan.Of(text);
        Assert.Equal(Letters(text), Letters(scan.Words + string.Concat(scan.Taken) + string.Concat(scan.Told)));
        var warnings = (string.Join(' ', scan.Warnings.Select(w => w.English)), string.Join(' ', scan.Warnings.Select(w => w.Chinese)));
        foreach (var word in scan.Told.SelectMany(Words))
        {
            Assert.Contains(word, warnings.Item1, StringComparison.Ordinal);
            Assert.Contains(word, warnings.Item2, StringComparison.Ordinal);
        }
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit).Order());

    /// <summary>Every letter and digit of a message is in its prompts, or in a piece that was understood or told about: verb, code, parameter, heading, flag.</summary>
    private static void WordsAreAll(string text, ParsedMessage message)
    {
        if (message.Verb == Verb.Settings) return;   // has no prompt
        var drawn = message.Verb is null or Verb.Draw or Verb.Preset ? message.Rest : Verbs.BehindObjects(message.Rest);
        var taken = new List<string> { IsNumbered(text, message) ? text.Trim().TrimStart('/', '／')[..1] : text.Trim()[..^message.Rest.Length], message.Rest[..^drawn.Length] };
        var recipe = CommandParser.ParseDrawing(drawn, taken).Recipe;
        Assert.Equal((message.Words.Recipe.Prompt, message.Words.Recipe.NegativePrompt), (recipe.Prompt, recipe.NegativePrompt));
        if (recipe.Parameters.ContainsKey("Hypernet")) return;   // is said again in the prompt, as WebUI does
        Assert.Equal(Letters(text), Letters(recipe.Prompt + recipe.NegativePrompt + string.Concat(taken)));
    }

    /// <summary>Of `U2` the rest is `2`.</summary>
    private static bool IsNumbered(string text, ParsedMessage message) => message.Verb is Verb.Upscale or Verb.Vary && text.Trim().TrimStart('/', '／') is [_, >= '1' and <= '4', ..];

    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        foreach (var c in text + " ")
        {
            if (char.IsLetterOrDigit(c)) word.Append(c);
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pieces))]
    public void A_long_message_takes_no_longer_than_its_length(string piece)
    {
        foreach (var before in new[] { "", "a cat --no ", "a\nSteps: 1, Sampler: Euler a, CFG scale: 7, Seed: 2, Version: ", "设置 步数 30 " })
        {
            // By the square of it, this would not end.
            var message = CommandParser.Parse(before + string.Concat(Enumerable.Repeat(piece, Longest / piece.Length)));
            Assert.NotNull(RequestLayers.Build(FlagSet.Empty, FlagSet.Empty, null, message.Words, out _));
        }
    }

    public static TheoryData<string> Pieces { get; } =
    [
        "word ", "--", "-- ", "--a ", "--steps ", "--steps 1 ", " --no x", "\\--", "\"", "“", "<lora:", "<", "—no ", "——步数", "--步数", "一", "十 ", "--steps=", "--s 1 ", ",", "，--n", "\n--n 1", "\n", "--no \" ", "--model a, ",
        "Steps: ", "步数", "settings steps 1 ", "u1 ", "/", "..", "。。", "--ar 1:", "--size 1x", " --x=", "1", "９", "cfg  ", "--prompt a ",
    ];
}
