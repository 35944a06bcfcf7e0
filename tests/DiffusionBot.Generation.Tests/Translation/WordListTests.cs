using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation.Translation;
using FsCheck.Fluent;

namespace DiffusionBot.Generation.Tests.Translation;

public sealed class WordListTests
{
    private static string Translate(string text) => Translate(text, []);

    private static string Translate(string text, List<string> unknown) => WordListTranslator.Translate(Markup.ToEnglishPunctuation(text), WordList.Shipped, unknown);

    [Fact]
    public void Thousands_of_words_ship() => Assert.InRange(WordList.Shipped.Count, 5000, 100_000);

    [Theory]
    [InlineData("红苹果，蓝色背景", "red apple, blue background")]
    [InlineData("红色的苹果", "red apple")]
    [InlineData("紅蘋果，藍色背景", "red apple, blue background")]
    [InlineData("紫色的猫", "purple cat")]
    [InlineData("一个苹果", "an apple")]
    [InlineData("两只猫和一只狗", "two cats and a dog")]
    [InlineData("三朵红玫瑰", "three red roses")]
    [InlineData("3只猫", "3 cats")]
    [InlineData("1个苹果", "1 apple")]
    [InlineData("一杯咖啡", "a cup of coffee")]
    [InlineData("两杯咖啡放在桌子上", "two cups of coffee placed on table")]
    [InlineData("一群鸟", "a group of birds")]
    [InlineData("赛博朋克风格的城市夜景，霓虹灯，雨夜", "cyberpunk style city night view, neon lights, rainy night")]
    [InlineData("低质量，模糊，多余的手指", "low quality, blurry, extra fingers")]
    [InlineData("水墨画、山水；黄昏。", "Chinese ink wash painting, mountains and rivers; dusk.")]
    public void Words_are_translated_in_their_order(string chinese, string english) => Assert.Equal(english, Translate(chinese));

    [Theory]
    [InlineData("一只戴帽子的猫", "a cat wearing a hat")]
    [InlineData("一隻戴帽子的貓", "a cat wearing a hat")]
    [InlineData("三个戴帽子的女孩", "three girls wearing a hat")]
    [InlineData("女孩穿着红色的裙子", "girl wearing red dress")]
    [InlineData("一个穿着红色的裙子的女孩在雨中跳舞", "a girl wearing red dress dancing in the rain")]
    [InlineData("戴着红色帽子和蓝色围巾的雪人", "snowman wearing red hat and blue scarf")]
    [InlineData("跳舞的女孩和红色的猫", "dancing girl and red cat")]
    [InlineData("在草地上奔跑的马", "horse running on grass")]
    [InlineData("桌子上的苹果", "apple on table")]
    [InlineData("站在海边的女孩看着日落", "girl standing by the sea looking at sunset")]
    [InlineData("宇航员在月球上骑马", "astronaut riding a horse on moon")]
    [InlineData("森林深处的小木屋", "small wooden cabin deep in forest")]
    public void Places_and_clauses_go_where_English_has_them(string chinese, string english) => Assert.Equal(english, Translate(chinese));

    [Theory]
    [InlineData("(红苹果:1.3), [狗], ((猫))", "(red apple:1.3), [dog], ((cat))")]
    [InlineData("（红苹果：1.3）", "(red apple:1.3)")]
    [InlineData("红(苹果:1.3)绿梨", "red (apple:1.3) green pear")]
    [InlineData("[猫:狗:0.5]，[红|蓝]苹果", "[cat:dog:0.5], [red|blue] apple")]
    [InlineData("红苹果 AND 绿梨 BREAK 背景", "red apple AND green pear BREAK background")]
    [InlineData(@"红苹果\(水彩\)", @"red apple \(watercolor\)")]
    [InlineData("猫，<lora:红色风格，二：1>，<hypernet:猫:0.7>", "cat, <lora:红色风格，二：1>, <hypernet:猫:0.7>")]
    [InlineData("<lora:猫:1>猫", "<lora:猫:1> cat")]
    [InlineData("1girl红裙子,masterpiece", "1girl red dress,masterpiece")]
    [InlineData("a cat，狗", "a cat, dog")]
    [InlineData("猫\n狗", "cat\ndog")]
    public void What_is_no_language_stays(string chinese, string english) => Assert.Equal(english, Translate(chinese));

    [Theory]
    [InlineData("魑魅魍魉在森林里", "魑魅魍魉 in forest", "魑魅魍魉")]
    [InlineData("红色的魍條", "red 魍條", "魍條")]
    public void What_is_not_known_stays_as_written_and_is_told(string chinese, string english, string unknown)
    {
        var told = new List<string>();
        Assert.Equal(english, Translate(chinese, told));
        Assert.Equal([unknown], told);
    }

    [Fact]
    public void Every_line_of_the_lists_is_sound()
    {
        foreach (var file in new[] { "words.tsv", "emoji.tsv" })
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var line in File.ReadLines(Path.Combine(TestData.Root, "src/DiffusionBot.Generation/Translation", file)).Where(l => !l.StartsWith('#')))
            {
                var columns = line.Split('\t');
                Assert.True(columns.Length is 2 or 3 && columns[0].Length is > 0 and <= 12 && seen.Add(columns[0]), $"{file}: {line}");
                Assert.True(!Han.IsIn(columns[1]) && columns[1] == columns[1].Trim() && (columns.Length == 2 || (columns[2].Length == 1 && "avqsmclpdj".Contains(columns[2], StringComparison.Ordinal))), $"{file}: {line}");
            }
        }
    }

    [Fact]
    public void Any_text_is_taken_and_markup_is_never_lost()
    {
        string[] pieces = ["红苹果", "的", "在", "上", "一", "只", "和", "戴着", "魍", "(", ")", "[", "]", ":1.2)", "：", "，", "<lora:红:1>", "<", ">", "\\", "\\(", " ", "\n", "AND", "BREAK", "a", "7", "|", "里", "三", "杯", "😀", "\ud83d"];
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Gen.ArrayOf(Gen.Elements(pieces)).ToArbitrary(), parts =>
        {
            var text = string.Concat(parts);
            var translated = Translate(text);
            const string marks = "()[]<>|\\";
            return string.Concat(Markup.ToEnglishPunctuation(text).Where(marks.Contains)) == string.Concat(translated.Where(marks.Contains));
        }));
    }

    [Fact]
    public void The_articles_chinese_recipe_is_known_to_the_last_word()
    {
        var unknown = new List<string>();
        var recipe = LenientInfotextReader.Read(TestData.Json("articles.json").EnumerateArray().Single(a => a.GetProperty("id").GetString() == "chinese-labels").GetProperty("text").GetString()!);
        Assert.Equal("red apple, blue background", Translate(recipe.Prompt, unknown));
        Assert.Equal("blurry, low quality", Translate(recipe.NegativePrompt, unknown));
        Assert.Empty(unknown);
    }
}
