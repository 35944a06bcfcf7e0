using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DiffusionBot.Generation.Translation;

/// <summary>Asks an OpenAI-compatible service. What it answers is believed only as far as it can be checked.</summary>
internal sealed partial class TranslationService(TranslationOptions options, IHttpClientFactory clients)
{
    private static readonly SearchValues<char> markup = SearchValues.Create("()[]{}<>|\\:⟦⟧");

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
        if (text.Length > LongestPrompt || text.AsSpan().IndexOfAny('⟦', '⟧') >= 0) return null;
        var kept = new List<string>();
        var masked = Kept().Replace(text, m =>
        {
            kept.Add(m.Value);
            return $" ⟦{kept.Count}⟧ ";
        });
        return await AskAsync(masked, cancel) is { } answer ? Unmask(answer, text, kept) : null;
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

    /// <summary>The answer with what was kept in its place; null where a mark is missing, double or moved, or where the answer is no translation.</summary>
    private static string? Unmask(string answer, string text, List<string> kept)
    {
        // Models that think aloud do so before they answer.
        var thought = answer.LastIndexOf("</think>", StringComparison.Ordinal);
        if (thought >= 0) answer = answer[(thought + "</think>".Length)..];
        answer = answer.Trim().Trim('"');
        if (answer.Length == 0 || answer.Length > 200 + (text.Length * 8) || Han.IsIn(answer) || (answer.Contains('\n', StringComparison.Ordinal) && !text.Contains('\n', StringComparison.Ordinal)))
            return null;
        var result = new StringBuilder(answer.Length + 100);
        var (next, at) = (0, 0);
        foreach (var mark in Mark().EnumerateMatches(answer))
        {
            var part = Between(answer, at, mark.Index);
            if (next == kept.Count || answer.Substring(mark.Index, mark.Length) != $"⟦{next + 1}⟧" || !IsLanguage(part)) return null;
            Append(result, part);
            Append(result, kept[next++]);
            at = mark.Index + mark.Length;
        }
        var last = Between(answer, at, answer.Length);
        if (next != kept.Count || !IsLanguage(last)) return null;
        Append(result, last);
        return result.ToString();
    }

    /// <summary>Marks were sent with spaces around them; what stood there is kept with them.</summary>
    private static string Between(string answer, int from, int to)
    {
        var part = answer.AsSpan(from, to - from);
        if (from > 0) part = part.TrimStart(' ');
        return (to < answer.Length ? part.TrimEnd(' ') : part).ToString();
    }

    /// <summary>Nothing of the markup that has to come from the prompt itself.</summary>
    private static bool IsLanguage(string part) => part.AsSpan().IndexOfAny(markup) < 0 && !Word().IsMatch(part);

    /// <summary>Between Chinese and a bracket there was no need for a space.</summary>
    private static void Append(StringBuilder result, string part)
    {
        if (part.Length == 0) return;
        if (result.Length > 0 && ((char.IsLetterOrDigit(result[^1]) && (char.IsLetterOrDigit(part[0]) || part[0] is '(' or '[' or '{' or '<' or '\\'))
            || (result[^1] is ')' or ']' or '}' or '>' && char.IsLetterOrDigit(part[0])))) result.Append(' ');
        result.Append(part);
    }

    /// <summary>What is not language: networks, escapes, weights with their bracket, brackets, BREAK and AND; neighbours are one.</summary>
    [GeneratedRegex(@"\s*(?:<\w+:[^>]*>|\\.|:\s*[-+]?[0-9.]*\s*[)\]]|[()\[\]{}|:<>\\]|\bBREAK\b|\bAND\b)(?:\s*(?:<\w+:[^>]*>|\\.|:\s*[-+]?[0-9.]*\s*[)\]]|[()\[\]{}|:<>\\]|\bBREAK\b|\bAND\b))*\s*", RegexOptions.NonBacktracking)]
    private static partial Regex Kept();

    [GeneratedRegex("⟦[0-9]{1,4}⟧", RegexOptions.NonBacktracking)]
    private static partial Regex Mark();

    [GeneratedRegex(@"\b(?:BREAK|AND)\b", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
