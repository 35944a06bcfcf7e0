using System.Collections.Concurrent;
using DiffusionBot.Chat;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>The feed's signs of life and the queue, put into words for one place.</summary>
internal sealed class DrawingNews(ProgressFeed feed, RequestQueue queue, PromptPolicy policy) : IDrawingNews
{
    public IDisposable Watch(string place, Action<DrawingSign> watcher) => new Watching(feed, policy, place, watcher);

    public async Task<IReadOnlyList<DrawingSign>> WaitingAsync(string place, int most, CancellationToken cancel)
    {
        var waiting = await queue.QueuedAsync(place, most, cancel);
        return [.. waiting.Select(w => Of(w.Request, RequestStage.Waiting, texts => texts.Place(w.Standing)) with { Ahead = w.Standing.Ahead })];
    }

    private static DrawingSign Of(StoredRequest request, RequestStage stage, Func<BotTexts, string> text)
    {
        var texts = new BotTexts(request.Language);
        return new DrawingSign(request.Code, new ChatAddress(request.Address), texts.Code, stage, text(texts));
    }

    /// <summary>Signs come one after another for each request, on the thread that draws it; what is told of one is all that is kept: its latest preview.</summary>
    private sealed class Watching : IDisposable
    {
        private readonly ConcurrentDictionary<Guid, (byte[] Png, bool IsSpoiler)> previews = new();
        private readonly PromptPolicy policy;
        private readonly string place;
        private readonly Action<DrawingSign> watcher;
        private readonly IDisposable feed;
        private volatile bool isOver;

        public Watching(ProgressFeed feed, PromptPolicy policy, string place, Action<DrawingSign> watcher)
        {
            (this.policy, this.place, this.watcher) = (policy, place, watcher);
            this.feed = feed.Watch(Tell);
        }

        public void Dispose()
        {
            isOver = true;
            feed.Dispose();
            previews.Clear();
        }

        private void Tell(RequestProgress sign)
        {
            if (sign.Request is not { } request || request.Place != place || isOver) return;
            if (sign.Preview is { } drawn) previews.AddOrUpdate(request.Id, _ => (drawn, policy.WantsSpoiler(request)), (_, before) => (drawn, before.IsSpoiler));
            RequestStage? stage = sign.State switch
            {
                RequestState.Drawing => RequestStage.Drawing,
                RequestState.Cancelled => RequestStage.Cancelled,
                RequestState.Done or RequestState.Failed => RequestStage.Ended,
                // It was put back, and is drawn anew.
                _ => null,
            };
            (byte[] Png, bool IsSpoiler) preview = default;
            if (stage == RequestStage.Drawing) previews.TryGetValue(request.Id, out preview);
            else previews.TryRemove(request.Id, out _);
            if (stage is { } told) watcher(Of(request, told, texts => texts.Sign(sign)) with { Preview = preview.Png is null ? default(ReadOnlyMemory<byte>?) : preview.Png, IsSpoiler = preview.IsSpoiler });
        }
    }
}
