using System.Text.Json;

namespace DiffusionBot.TestHost;

/// <summary>A message on its way in.</summary>
/// <param name="Id">The platform's id.</param>
/// <param name="User">Who.</param>
/// <param name="Text">What.</param>
internal sealed record Said(string Id, string User, string Text);

/// <summary>An answer on its way out.</summary>
/// <param name="Id">To which message.</param>
/// <param name="Reference">The request that was accepted; null: none was.</param>
/// <param name="Text">What was said.</param>
internal sealed record Answer(string Id, string? Reference, string? Text);

/// <summary>Lines of JSON, one at a time.</summary>
internal sealed class Answers(Stream output) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    public void Dispose() => turn.Dispose();

    public async Task WriteAsync<T>(T answer)
    {
        await turn.WaitAsync();
        try
        {
            await output.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(answer), (byte)'\n']);
            await output.FlushAsync();
        }
        finally
        {
            turn.Release();
        }
    }
}
