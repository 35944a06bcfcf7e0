namespace DiffusionBot.Generation.Translation;

/// <summary>The answers of last time; the oldest goes first. For any number of threads.</summary>
internal sealed class RecentAnswers(int most)
{
    private readonly Dictionary<string, string> answers = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();
    private readonly Lock gate = new();

    public string? Find(string text)
    {
        lock (gate) return answers.GetValueOrDefault(text);
    }

    public void Keep(string text, string answer)
    {
        lock (gate)
        {
            if (!answers.TryAdd(text, answer)) return;
            order.Enqueue(text);
            if (order.Count > most) answers.Remove(order.Dequeue());
        }
    }
}
