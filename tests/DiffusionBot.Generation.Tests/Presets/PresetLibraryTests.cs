using System.Text;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Tests.Presets;

public sealed class PresetLibraryTests : IDisposable
{
    private const string Recipe = "a red cup\nNegative prompt: blurry\nSteps: 30, Sampler: DDIM, CFG scale: 6, Seed: 7, Size: 256x256";

    private readonly string folder = Directory.CreateTempSubdirectory("presets").FullName;
    private readonly PresetLibrary library;

    public PresetLibraryTests() => library = new PresetLibrary(folder, TimeProvider.System);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_text_is_a_preset_with_its_titles()
    {
        Put("cup.txt", "＃ 标题： 红杯子\n# Title: A Red Cup\n# drawn on a Monday\n# 简介：桌上的杯子\n\n" + Recipe);
        var preset = Assert.Single(library.All);
        Assert.Equal(("cup", "A Red Cup", "红杯子"), (preset.Name, preset.Title.English, preset.Title.Chinese));
        Assert.Equal(("桌上的杯子", "桌上的杯子"), (preset.About!.English, preset.About.Chinese));
        Assert.Equal(("a red cup", "blurry", "DDIM"), (preset.Recipe.Prompt, preset.Recipe.NegativePrompt, preset.Recipe.Parameters["Sampler"]));
        Assert.Equal(Recipe, preset.Infotext);
        Assert.Null(preset.PicturePath);
        Assert.Empty(library.Problems);
    }

    [Fact]
    public void Parameters_as_people_write_them_are_understood()
    {
        Put("a.txt", "红苹果\n反向提示词：模糊\n步数：25，采样器：DPM++ 2M，种子：42");
        var preset = Assert.Single(library.All);
        Assert.Equal(("红苹果", "模糊", "25", "42"),
            (preset.Recipe.Prompt, preset.Recipe.NegativePrompt, preset.Recipe.Parameters["Steps"], preset.Recipe.Parameters["Seed"]));
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    public void A_picture_that_carries_parameters_is_a_preset_named_like_its_file(string extension)
    {
        PutPicture("my-red_cup" + extension, Recipe);
        var preset = Assert.Single(library.All);
        Assert.Equal(("my-red_cup", "my red cup", "my red cup"), (preset.Name, preset.Title.English, preset.Title.Chinese));
        Assert.Equal("a red cup", preset.Recipe.Prompt);
        Assert.Equal(preset.Path, preset.PicturePath);
    }

    [Fact]
    public void A_text_with_nothing_but_titles_takes_the_recipe_of_its_picture()
    {
        Put("cup.txt", "# title: Cup\n# 标题: 杯子\n");
        PutPicture("cup.png", Recipe);
        var preset = Assert.Single(library.All);
        Assert.Equal(("Cup", "杯子", "a red cup", "cup.png"), (preset.Title.English, preset.Title.Chinese, preset.Recipe.Prompt, Path.GetFileName(preset.PicturePath)));
    }

    [Fact]
    public void A_text_with_a_recipe_goes_before_its_pictures()
    {
        Put("cup.txt", Recipe);
        PutPicture("cup.png", "something else\nSteps: 20, Sampler: Euler, CFG scale: 6, Seed: 7");
        Assert.Equal("a red cup", Assert.Single(library.All).Recipe.Prompt);
    }

    [Fact]
    public void What_is_no_preset_is_told_and_harms_no_other()
    {
        Put("good.txt", Recipe);
        Put("empty.txt", "");
        Put("only-titles.txt", "# title: nothing");
        Put("long.txt", new string('a', PresetFiles.MaxTextBytes + 1));
        File.WriteAllBytes(At("gbk.txt"), [0xC4, 0xE3, 0xBA, 0xC3]);
        File.WriteAllBytes(At("broken.png"), [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0]);
        PutPicture("holiday.png", null);
        Put("notes.md", "not a preset, not a problem");
        Directory.CreateDirectory(At("folder.txt"));
        Assert.Equal("good", Assert.Single(library.All).Name);
        foreach (var name in new[] { "empty.txt", "only-titles.txt", "long.txt", "gbk.txt", "broken.png", "holiday.png" })
            Assert.Contains(library.Problems, p => p.StartsWith(At(name), StringComparison.Ordinal));
        Assert.Equal(6, library.Problems.Count);
    }

    [Fact]
    public void Of_files_with_one_name_the_first_is_taken_and_the_other_told()
    {
        PutPicture("cup.jpg", "a jpeg\nSteps: 20, Seed: 1");
        PutPicture("cup.png", Recipe);
        Assert.Equal("a red cup", Assert.Single(library.All).Recipe.Prompt);
        Assert.Contains("cup.png", Assert.Single(library.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_come_change_and_go_are_noticed_however_fast()
    {
        Assert.Empty(library.All);
        for (var i = 0; i < 20; i++)
        {
            Put("cup.txt", $"cup {i:00}");
            Assert.Equal($"cup {i:00}", Assert.Single(library.All).Recipe.Prompt);
        }
        Put("bad.txt", "");
        Assert.Single(library.Problems);
        File.Delete(At("bad.txt"));
        Assert.Empty(library.Problems);
        File.Delete(At("cup.txt"));
        Assert.Empty(library.All);
    }

    [Fact]
    public void An_old_file_is_read_once()
    {
        Put("cup.txt", Recipe);
        File.SetLastWriteTimeUtc(At("cup.txt"), new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Same(library.All[0], library.All[0]);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told_until_it_comes()
    {
        var late = new PresetLibrary(At("later"), TimeProvider.System);
        Assert.Empty(late.All);
        Assert.Contains("later", Assert.Single(late.Problems), StringComparison.Ordinal);
        Directory.CreateDirectory(At("later"));
        Assert.Empty(late.Problems);
    }

    [Theory]
    [InlineData("你好新世界 换成一只猫", "hello-new-world", "换成一只猫")]
    [InlineData("  你好新世界，换成一只猫", "hello-new-world", "换成一只猫")]
    [InlineData("你好新世界", "hello-new-world", "")]
    [InlineData("你好世界", "hello-world", "")]
    [InlineData("hello new world a cat", "hello-new-world", "a cat")]
    [InlineData("HELLO-New_World: a cat", "hello-new-world", "a cat")]
    [InlineData("helloworld", "hello-world", "")]
    [InlineData("ｈｅｌｌｏ　ｗｏｒｌｄ --steps 30", "hello-world", "--steps 30")]
    [InlineData("hello-world换成猫", "hello-world", "换成猫")]
    [InlineData("hello world 你好", "hello-world", "你好")]
    [InlineData("你好新世界 --步数 30", "hello-new-world", "--步数 30")]
    [InlineData("你好新世界--步数 30", "hello-new-world", "--步数 30")]
    [InlineData("你好世界\n一只猫", "hello-world", "一只猫")]
    public void Finds_the_preset_that_a_text_begins_with(string text, string name, string after)
    {
        PutHellos();
        var found = library.FindAtStart(text);
        Assert.NotNull(found);
        Assert.Equal((name, after), (found.Value.Preset.Name, found.Value.After));
    }

    [Theory]
    [InlineData("")]
    [InlineData("你好")]
    [InlineData("你好世界末日")]
    [InlineData("hello worldwide")]
    [InlineData("hello-world-2")]
    [InlineData("hello world2")]
    [InlineData("say hello world")]
    public void Finds_no_preset_where_the_name_is_another_word(string text)
    {
        PutHellos();
        Assert.Null(library.FindAtStart(text));
    }

    [Fact]
    public void Names_that_look_alike_are_offered_nearest_first()
    {
        PutHellos();
        Assert.Equal(["hello-new-world", "hello-world"], library.Nearest("hello now world", 3).Select(p => p.Name));
        Assert.Equal("hello-world", library.Nearest("helo world a cat", 1)[0].Name);
        Assert.Equal("hello-new-world", library.Nearest("你好新事界", 1)[0].Name);
        Assert.Equal("hello-new-world", library.Nearest("新世界", 3)[0].Name);
        Assert.Empty(library.Nearest("quite another thing", 3));
        Assert.Empty(library.Nearest(" - ", 3));
    }

    private void PutHellos()
    {
        Put("hello-world.txt", "# title: Hello World\n# 标题: 你好世界\na cat");
        Put("hello-new-world.txt", "# title: Hello New World\n# 标题: 你好新世界\na city");
        Put("---.txt", "a name of nothing matches nothing");
    }

    private string At(string name) => Path.Combine(folder, name);

    private void Put(string name, string text) => File.WriteAllText(At(name), text, Encoding.UTF8);

    private void PutPicture(string name, string? infotext)
    {
        var pixels = new Bitmap(8, 8, 3, new byte[8 * 8 * 3]);
        File.WriteAllBytes(At(name), Path.GetExtension(name) switch
        {
            ".png" => PictureWriter.Png(pixels, infotext),
            ".jpg" => PictureWriter.Jpeg(pixels, 90, infotext),
            _ => PictureWriter.Webp(pixels, 90, infotext),
        });
    }
}
