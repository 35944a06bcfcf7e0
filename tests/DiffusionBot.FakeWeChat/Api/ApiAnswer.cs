using System.Text;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>An answer of the API: HTTP 200, whatever it says.</summary>
/// <param name="Body">What is written.</param>
/// <param name="ContentType">Its kind.</param>
/// <param name="Code">errcode; 0: done.</param>
internal sealed record ApiAnswer(byte[] Body, string ContentType, int Code = 0)
{
    /// <summary>The file's name; null: no file.</summary>
    public string? FileName { get; init; }

    public static ApiAnswer Ok => Json("""{"errcode":0,"errmsg":"ok"}""");

    public static ApiAnswer Json(string json, int code = 0) => new(Encoding.UTF8.GetBytes(json), "application/json; encoding=utf-8", code);

    public static ApiAnswer Error(int code, string? text = null) => code == 0 ? Ok : Json($$"""{"errcode":{{code}},"errmsg":"{{text ?? ApiErrors.TextOf(code)}} rid: {{ApiErrors.NewRid()}}"}""", code);
}
