using System.Text;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>A call of the API.</summary>
/// <param name="Path">Below /cgi-bin/.</param>
/// <param name="Account">The account's name; null: it is not known whose.</param>
/// <param name="Query">With the question mark.</param>
/// <param name="Body">What came.</param>
/// <param name="At">When.</param>
/// <param name="Code">errcode of the answer, also of one that was lost; 0: done. Null: it failed before it took effect.</param>
public sealed record ApiCall(string Path, string? Account, string Query, byte[] Body, DateTimeOffset At, int? Code)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}
