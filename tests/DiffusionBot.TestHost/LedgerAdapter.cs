using System.Text;
using DiffusionBot.Chat;

namespace DiffusionBot.TestHost;

/// <summary>
/// A platform without idempotency keys: what it was told to show, it has shown. Each line of the file is one showing: key, request, whether it was told that
/// it may be a repeat, and how many pictures.
/// </summary>
internal sealed class LedgerAdapter(string path) : IChatAdapter
{
    /// <summary>Long enough for a kill to fall between the showing and its being recorded.</summary>
    private static readonly TimeSpan answerTakes = TimeSpan.FromMilliseconds(15);

    private readonly Lock gate = new();

    public string Place => "test";

    public PlaceAbilities AbilitiesAt(ChatAddress address) => new(CanPush: true, CanEdit: false, HasButtons: true, PicturesPerMessage: 10, TextLimit: 2000);

    public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancel)
    {
        await Task.Delay(answerTakes, cancel);
        lock (gate)
        {
            // One write call: a kill leaves all of the line or nothing.
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(Encoding.UTF8.GetBytes($"{delivery.Key} {delivery.Reply.Reference} {delivery.IsRetry} {delivery.Reply.Pictures.Count}\n"));
        }
        await Task.Delay(answerTakes, cancel);
        return DeliveryOutcome.Delivered;
    }
}
