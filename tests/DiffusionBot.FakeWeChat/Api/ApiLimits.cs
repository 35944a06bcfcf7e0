namespace DiffusionBot.FakeWeChat.Api;

/// <summary>How many calls a day an account has (API_Call_Limits), until midnight in Beijing.</summary>
internal sealed class ApiLimits(Dictionary<string, int> daily, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> used = new(StringComparer.Ordinal);
    private DateOnly day;

    public static Dictionary<string, int> NewDaily() => new(StringComparer.Ordinal)
    {
        ["token"] = 2000,
        ["stable_token"] = 500_000,
        ["message/custom/send"] = 500_000,
        ["media/upload"] = 5000,
        ["media/get"] = 10_000,
        ["menu/create"] = 1000,
    };

    /// <summary>Counts a call.</summary>
    /// <returns>Whether it is within the limit.</returns>
    public bool Take(string name, int? limit = null)
    {
        lock (gate)
        {
            var today = DateOnly.FromDateTime(clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).DateTime);
            if (today != day) used.Clear();
            day = today;
            var count = used.GetValueOrDefault(name);
            if (count >= (limit ?? daily.GetValueOrDefault(name, int.MaxValue))) return false;
            used[name] = count + 1;
            return true;
        }
    }
}
