using System.Net;
using DiffusionBot.Generation.Translation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Tests.Translation;

public sealed class PromptTranslatorTests : IDisposable
{
    private const string Chinese = "红苹果，(蓝色背景:1.2)，<lora:红:1>";
    private const string ByWordList = "red apple, (blue background:1.2), <lora:红:1>";

    private readonly FakeService service = new();
    private readonly StoppedClock clock = new();

    public void Dispose() => service.Dispose();

    private PromptTranslator Translator(params (string Key, string Value)[] more)
    {
        (string Key, string Value)[] usual = [("Endpoint", "http://localhost:11434/v1/"), ("Model", "qwen")];
        return Services([.. usual.ExceptBy(more.Select(m => m.Key), u => u.Key), .. more]).GetRequiredService<PromptTranslator>();
    }

    private ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Translation:" + s.Key, (string?)s.Value))).Build())
            .AddPromptTranslation();
        services.AddHttpClient(TranslationService.ClientName).ConfigurePrimaryHttpMessageHandler(() => service);
        return services.BuildServiceProvider();
    }

    private static Task<TranslatedPrompt> Translate(PromptTranslator translator, string prompt = Chinese, string negative = "") =>
        translator.TranslateAsync(prompt, negative, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Without_a_service_the_word_list_translates()
    {
        var result = await Translate(Services().GetRequiredService<PromptTranslator>(), Chinese, "模糊，魑魅");
        Assert.Equal((ByWordList, "blurry, 魑魅", true), (result.Prompt, result.NegativePrompt, result.IsChanged));
        Assert.Equal(["魑魅"], result.Unknown);
        Assert.Empty(service.Asked);
    }

    [Theory]
    [InlineData("a red apple，blue background", "")]
    [InlineData("1girl, <lora:红:1>", "blurry")]
    public async Task What_has_no_Chinese_to_translate_is_left_to_the_letter(string prompt, string negative)
    {
        var result = await Translate(Services().GetRequiredService<PromptTranslator>(), prompt, negative);
        Assert.Equal((prompt, negative, false), (result.Prompt, result.NegativePrompt, result.IsChanged));
        Assert.Empty(result.Unknown);
    }

    [Theory]
    [InlineData("猫", true)]
    [InlineData("a cat", false)]
    [InlineData("", false)]
    [InlineData("a cat， a dog。", false)]
    [InlineData("〇", true)]
    public void Sees_Chinese(string text, bool expected) => Assert.Equal(expected, PromptTranslator.HasChinese(text));

    [Fact]
    public async Task The_service_translates_and_markup_never_reaches_it()
    {
        service.Answers(sent =>
        {
            Assert.Equal("红苹果, ⟦1⟧ 蓝色背景 ⟦2⟧ , ⟦3⟧ ", sent.Replace("  ", " ", StringComparison.Ordinal));
            return "a ripe red apple, ⟦1⟧a deep blue background⟦2⟧, ⟦3⟧";
        });
        var result = await Translate(Translator(("ApiKey", "secret")));
        Assert.Equal(("a ripe red apple, (a deep blue background:1.2), <lora:红:1>", true), (result.Prompt, result.IsChanged));
        var (uri, authorization, body) = Assert.Single(service.Asked);
        Assert.Equal(("http://localhost:11434/v1/chat/completions", "Bearer secret"), (uri.ToString(), authorization));
        Assert.Equal(("qwen", 0), (body.GetProperty("model").GetString(), body.GetProperty("temperature").GetInt32()));
    }

    [Fact]
    public async Task Thoughts_and_quotes_around_an_answer_are_left_out()
    {
        service.Answers(_ => "<think>红 is red.</think>\n\n\"a red apple\"");
        Assert.Equal("a red apple", (await Translate(Translator(), "红苹果")).Prompt);
    }

    [Fact]
    public async Task The_same_words_are_asked_once()
    {
        service.Answers(_ => "a red apple").Answers(_ => "blurry picture");
        var translator = Translator();
        for (var i = 0; i < 3; i++)
        {
            var result = await Translate(translator, "红苹果", "模糊");
            Assert.Equal(("a red apple", "blurry picture"), (result.Prompt, result.NegativePrompt));
        }
        Assert.Equal(2, service.Asked.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("好的，翻译如下：a red apple, ⟦1⟧blue background⟦2⟧, ⟦3⟧")]
    [InlineData("a red apple, blue background")]
    [InlineData("a red apple, ⟦1⟧blue background⟦2⟧")]
    [InlineData("a red apple, ⟦2⟧blue background⟦1⟧, ⟦3⟧")]
    [InlineData("a red apple, ⟦1⟧blue background⟦2⟧, ⟦3⟧, ⟦3⟧")]
    [InlineData("a red apple, ⟦1⟧blue background⟦2⟧, ⟦3⟧, <lora:evil:1>")]
    [InlineData("a red (apple), ⟦1⟧blue background⟦2⟧, ⟦3⟧")]
    [InlineData("a red apple BREAK ⟦1⟧blue background⟦2⟧, ⟦3⟧")]
    [InlineData("Here it is\na red apple, ⟦1⟧blue background⟦2⟧, ⟦3⟧")]
    public async Task An_answer_that_is_no_translation_is_not_believed(string answer)
    {
        service.Answers(_ => answer);
        Assert.Equal(ByWordList, (await Translate(Translator())).Prompt);
        Assert.Single(service.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":[1]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":null}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"\\ud800\"}}]}")]
    public async Task Garbage_is_not_believed(string body)
    {
        service.Replies(_ => body);
        Assert.Equal(ByWordList, (await Translate(Translator())).Prompt);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        service.Answers(_ => new string('a', TranslationService.MaxAnswerBytes));
        Assert.Equal(ByWordList, (await Translate(Translator())).Prompt);
    }

    [Fact]
    public async Task A_prompt_that_is_a_novel_is_left_to_the_word_list()
    {
        await Translate(Translator(), string.Concat(Enumerable.Repeat(Chinese, TranslationService.LongestPrompt / 10)));
        Assert.Empty(service.Asked);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_given_up_and_left_alone_for_a_while()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        service.Hangs(asked.SetResult).Answers(_ => "a red apple");
        var translator = Translator(("TimeoutSeconds", "5"));
        var waiting = Translate(translator);
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ByWordList, (await waiting.WaitAsync(TestContext.Current.CancellationToken)).Prompt);

        Assert.Equal("red apple", (await Translate(translator, "红苹果")).Prompt);
        Assert.Single(service.Asked);
        clock.Advance(PromptTranslator.Rest);
        Assert.Equal("a red apple", (await Translate(translator, "红苹果")).Prompt);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task A_refusal_is_answered_by_the_word_list(HttpStatusCode status)
    {
        service.Replies(_ => "{}", status);
        Assert.Equal(ByWordList, (await Translate(Translator())).Prompt);
    }

    [Fact]
    public async Task So_is_a_service_that_is_not_there()
    {
        service.Fails();
        Assert.Equal(ByWordList, (await Translate(Translator())).Prompt);
    }

    [Fact]
    public async Task Who_asked_may_give_up_himself()
    {
        using var cancel = new CancellationTokenSource();
        service.Hangs(cancel.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Translator().TranslateAsync(Chinese, "", cancel.Token));
    }

    [Theory]
    [InlineData("Endpoint", "localhost")]
    [InlineData("Endpoint", "file:///etc/passwd")]
    [InlineData("Model", "")]
    [InlineData("ApiKey", "a key")]
    [InlineData("TimeoutSeconds", "0")]
    public void Wrong_settings_stop_the_start(string key, string value) =>
        Assert.Contains(key, Assert.Throws<OptionsValidationException>(() => Translator((key, value))).Message, StringComparison.Ordinal);
}
