using System.Collections.Concurrent;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Translation;

/// <summary>A prompt for a model that knows only English.</summary>
/// <param name="Prompt">What is drawn.</param>
/// <param name="NegativePrompt">Likewise.</param>
/// <param name="IsChanged">Whether anything was translated.</param>
/// <param name="Unknown">Chinese words that were not known and stay as they are. May be empty.</param>
public sealed record TranslatedPrompt(string Prompt, string NegativePrompt, bool IsChanged, IReadOnlyList<string> Unknown);

/// <summary>Turns the Chinese parts of prompts into English, for checkpoints that were trained on English alone. For any number of threads.</summary>
public sealed partial class PromptTranslator(IOptions<TranslationOptions> options, IHttpClientFactory clients, TimeProvider clock, ILogger<PromptTranslator> log)
{
    /// <summary>Most unknown words that are told.</summary>
    private const int MostUnknown = 20;

    /// <summary>After a failure the service is left alone for so long: nobody waits for it at every message.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly TranslationService? service = string.IsNullOrWhiteSpace(options.Value.Endpoint) ? null : new(options.Value, clients);
    private readonly RecentAnswers recent = new(256);
    private readonly ConcurrentDictionary<string, (long Size, DateTime Modified, bool Answer)> languages = new(StringComparer.Ordinal);
    private long restUntil = long.MinValue;

    /// <summary>Whether a checkpoint reads Chinese: the option for it, else its own metadata (`languages`), else no.</summary>
    public bool ReadsChinese(ModelFile checkpoint)
    {
        if (options.Value.ReadsChinese.TryGetValue(checkpoint.Name, out var answer)) return answer;
        if (languages.TryGetValue(checkpoint.Path, out var known) && known.Size == checkpoint.Size && known.Modified == checkpoint.Modified) return known.Answer;
        answer = NamesChinese(checkpoint);
        languages[checkpoint.Path] = (checkpoint.Size, checkpoint.Modified, answer);
        return answer;
    }

    /// <summary>Whether there is anything to translate.</summary>
    public static bool HasChinese(string text) => Han.IsIn(text);

    /// <summary>Translates what is Chinese; weights, brackets, escapes and `&lt;lora:…&gt;` stay as they are. Never fails: the word list is always there.</summary>
    public async Task<TranslatedPrompt> TranslateAsync(string prompt, string negativePrompt, CancellationToken cancel = default)
    {
        var unknown = new List<string>();
        var (one, other) = (await TranslateOneAsync(prompt, unknown, cancel), await TranslateOneAsync(negativePrompt, unknown, cancel));
        return new(one, other, one != prompt || other != negativePrompt, [.. unknown.Distinct(StringComparer.Ordinal).Take(MostUnknown)]);
    }

    private async Task<string> TranslateOneAsync(string text, List<string> unknown, CancellationToken cancel)
    {
        if (!Han.IsIn(text)) return text;
        var plain = Markup.ToEnglishPunctuation(text);
        return await AskAsync(plain, cancel) ?? WordListTranslator.Translate(plain, WordList.Shipped, unknown);
    }

    /// <summary>The service's answer; null where there is no service, or no good answer from it in time.</summary>
    private async Task<string?> AskAsync(string text, CancellationToken cancel)
    {
        if (service is null) return null;
        if (recent.Find(text) is { } known) return known;
        if (clock.GetUtcNow().UtcTicks < Interlocked.Read(ref restUntil)) return null;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.TimeoutSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            if (await service.TranslateAsync(text, either.Token) is { } answer)
            {
                recent.Keep(text, answer);
                return answer;
            }
            LogNoAnswer(log);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            Interlocked.Exchange(ref restUntil, (clock.GetUtcNow() + Rest).UtcTicks);
            LogFailed(log, timeout.IsCancellationRequested ? $"no answer within {options.Value.TimeoutSeconds} s" : e.Message);
        }
        return null;
    }

    private static bool NamesChinese(ModelFile checkpoint)
    {
        try
        {
            return checkpoint.Open().Metadata.TryGetValue("languages", out var names)
                && names.Split([',', ' ', ';', '[', ']', '"', '\'']).Any(name => name.Equals("zh", StringComparison.OrdinalIgnoreCase) || name.StartsWith("zh-", StringComparison.OrdinalIgnoreCase));
        }
        catch (InvalidCheckpointException)
        {
            // Whoever draws with it tells what is wrong.
            return false;
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "The translation service failed: {Reason}. The word list is used; the next try is in 30 s.")]
    private static partial void LogFailed(ILogger log, string reason);

    [LoggerMessage(3102, LogLevel.Information, "The translation service's answer was no translation of the prompt. The word list is used.")]
    private static partial void LogNoAnswer(ILogger log);
}
