using DiffusionBot.Generation.Translation;
using FsCheck;
using FsCheck.Fluent;

namespace DiffusionBot.Generation.Tests.Translation;

public sealed class MaskedPromptTests
{
    [Theory]
    [InlineData("红(苹果:1.3)绿梨", "红 ⟦1⟧ 苹果 ⟦2⟧ 绿梨")]
    [InlineData("[猫:狗:0.5]", " ⟦1⟧ 猫 ⟦2⟧ 狗 ⟦3⟧ ")]
    [InlineData("((猫)), <lora:红:1><lora:b:0.5>", " ⟦1⟧ 猫 ⟦2⟧ , ⟦3⟧ ")]
    [InlineData("猫 AND 狗 BREAK 鸟", "猫 ⟦1⟧ 狗 ⟦2⟧ 鸟")]
    [InlineData(@"猫\(水彩\)", @"猫 ⟦1⟧ 水彩 ⟦2⟧ ")]
    public void Markup_stays_here(string prompt, string sent) => Assert.Equal(sent, MaskedPrompt.Of(prompt)!.Text);

    [Fact]
    public void Marks_of_its_own_make_a_prompt_unfit() => Assert.Null(MaskedPrompt.Of("猫 ⟦1⟧"));

    [Fact]
    public void Whatever_stands_around_the_words_comes_back()
    {
        string[] pieces = ["红苹果", "猫", "(", ")", "[", "]", ":1.2)", ":", ",", "<lora:红:1>", "<", ">", "\\", "\\(", " ", "AND", "BREAK", "a", "7", "|"];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Gen.ArrayOf(Gen.Elements(pieces)).ToArbitrary(), parts =>
        {
            var prompt = string.Concat(parts);
            var masked = MaskedPrompt.Of(prompt)!;
            var answer = masked.Text.Replace("红苹果", "red apple", StringComparison.Ordinal).Replace("猫", "cat", StringComparison.Ordinal);
            const string marks = "()[]{}<>|\\:,";
            return masked.Unmask(answer) is { } result
                ? string.Concat(result.Where(marks.Contains)) == string.Concat(prompt.Where(marks.Contains))
                : answer.Trim().Length == 0;
        }));
    }
}
