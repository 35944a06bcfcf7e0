namespace DiffusionBot.Engine.Prompts;

/// <summary>What the UNet looks at, look by look.</summary>
/// <param name="Entries">Each with the last step that it holds for; at least one, in order.</param>
internal sealed record ConditioningSchedule(IReadOnlyList<(int Until, Conditioning Value)> Entries)
{
    /// <summary>Always the same.</summary>
    public static ConditioningSchedule Always(Conditioning value) => new([(int.MaxValue, value)]);

    /// <summary>
    /// At a look at the UNet, counted from 0. The step that an entry holds until is counted from 1 and still belongs to it, so that the first one is seen once more than its prompt
    /// says; beyond the last one it is the first. So it is in WebUI.
    /// </summary>
    public Conditioning At(int look)
    {
        foreach (var (until, value) in Entries)
        {
            if (look <= until) return value;
        }
        return Entries[0].Value;
    }

    /// <summary>Tokens of all of them.</summary>
    public int Tokens => Entries[0].Value.Tokens;

    /// <summary>The same times with other conditioning; what was one stays one.</summary>
    public ConditioningSchedule With(Func<Conditioning, Conditioning> change)
    {
        var changed = new Dictionary<Conditioning, Conditioning>(ReferenceEqualityComparer.Instance);
        foreach (var (_, value) in Entries) changed.TryAdd(value, change(value));
        return new([.. Entries.Select(entry => (entry.Until, changed[entry.Value]))]);
    }
}

/// <summary>One of the prompts that are drawn together.</summary>
/// <param name="Weight">How much it counts.</param>
/// <param name="Schedule">What it says when.</param>
internal sealed record Guide(float Weight, ConditioningSchedule Schedule);

/// <summary>What a drawing is guided by.</summary>
/// <param name="Prompts">At least one; more where the prompt has AND.</param>
/// <param name="Negative">Null: there is no guidance, and a single prompt of weight 1.</param>
internal sealed record Guides(IReadOnlyList<Guide> Prompts, ConditioningSchedule? Negative)
{
    /// <summary>One prompt that never changes.</summary>
    public static Guides Of(Conditioning prompt, Conditioning? negative) =>
        new([new Guide(1, ConditioningSchedule.Always(prompt))], negative is null ? null : ConditioningSchedule.Always(negative));

    /// <summary>Whether prompts and negative prompt were made of one length.</summary>
    public bool IsPadded { get; private init; }

    /// <summary>The same with the negative prompt cut, or lengthened by its last vector, to the prompts' length.</summary>
    public Guides WithNegativeAsLong()
    {
        var tokens = Prompts.Max(guide => guide.Schedule.Tokens);
        return Negative is null || Negative.Tokens == tokens ? this : this with { Negative = Negative.With(c => c.OfTokens(tokens)), IsPadded = true };
    }

    /// <summary>The same with the shorter side filled up.</summary>
    /// <param name="empty">What an empty prompt says, one chunk.</param>
    public Guides FilledUp(Conditioning empty)
    {
        var tokens = Prompts.Max(guide => guide.Schedule.Tokens);
        if (Negative is null || Negative.Tokens == tokens) return this;
        return Negative.Tokens < tokens
            ? this with { Negative = Negative.With(c => c.FilledUp(tokens, empty)), IsPadded = true }
            : this with { Prompts = [.. Prompts.Select(guide => guide with { Schedule = guide.Schedule.With(c => c.OfTokens(tokens).FilledUp(Negative.Tokens, empty)) })], IsPadded = true };
    }

    /// <summary>Whether the prompts are one that counts as it is.</summary>
    public bool IsPlain => Prompts is [{ Weight: 1 }];
}
