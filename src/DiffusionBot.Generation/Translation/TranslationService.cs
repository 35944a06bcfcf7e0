using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace DiffusionBot.Generation.Translation;

/// <summary>Asks an OpenAI-compatible service. What it answers is believed only as far as it can be checked.</summary>
internal sealed class TranslationService(TranslationOptions options, IHttpClientFactory clients)
{
    public const string ClientName = "translation";

    /// <summary>Longer prompts are left to the word list; longer answers are cut off, and so no answers.</summary>
    internal const int LongestPrompt = 4000, MaxAnswerBytes = 256 << 10;

    private const string Task = "Translate the user's prompt for an image generator from Chinese to English. Answer with the translation alone, on one line: no quotes, no remarks. "
        + "Keep English words, numbers, commas and the order of the parts as they are. Marks like ⟦1⟧ stand for things that are not language: keep each of them exactly once, in the same order.";

    /// <summary>The text in English, or null for any answer that is none.</summary>
    /// <exception cref="HttpRequestException">The service could not be asked, or refused.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<string?> TranslateAsync(string text, CancellationToken cancel)
    {
        if (text.Length > LongestPrompt || MaskedPrompt.Of(text) is not { } masked) return null;
        return await AskAsync(masked.Text, cancel) is { } answer ? masked.Unmask(answer) : null;
    }

    private async Task<string?> AskAsync(string prompt, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{options.Endpoint!.TrimEnd('/')}/chat/completions");
        if (!string.IsNullOrWhiteSpace(options.ApiKey)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        request.Content = JsonContent.Create(new
        {
            model = options.Model,
            temperature = 0,
            stream = false,
            messages = new[] { new { role = "system", content = Task }, new { role = "user", content = prompt } },
        });
        using var client = clients.CreateClient(ClientName);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var bytes = new byte[MaxAnswerBytes];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return Content(bytes.AsMemory(0, length));
    }

    private static string? Content(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("choices", out var choices)
                && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0 && choices[0].ValueKind == JsonValueKind.Object
                && choices[0].TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object
                && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)   // the second: half of a surrogate pair, escaped
        {
            return null;
        }
    }
}
