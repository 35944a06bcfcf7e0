namespace DiffusionBot.FakeWeChat.Api;

/// <summary>A way in which a call fails.</summary>
public sealed record Failure
{
    private Failure()
    {
    }

    /// <summary>No answer, until the client hangs up.</summary>
    public static Failure Hang { get; } = new() { IsHang = true };

    /// <summary>The connection is closed.</summary>
    public static Failure Drop { get; } = new() { IsDrop = true };

    /// <summary>HTTP 200 with a page instead of JSON.</summary>
    public static Failure Garbage { get; } = new() { Body = "<html><body>502 Bad Gateway</body></html>" };

    internal bool IsHang { get; private init; }

    internal bool IsDrop { get; private init; }

    internal int HttpStatus { get; private init; } = 200;

    internal int? ErrCode { get; private init; }

    internal string? Body { get; private init; }

    /// <summary>An HTTP status with an empty body.</summary>
    public static Failure Status(int status) => new() { HttpStatus = status, Body = "" };

    /// <summary>An errcode.</summary>
    /// <param name="code">-1: busy, and so on.</param>
    /// <param name="text">errmsg; null: what WeChat says.</param>
    public static Failure Code(int code, string? text = null) => new() { ErrCode = code, Body = text };
}

/// <summary>What is to fail.</summary>
internal sealed class Faults
{
    private readonly Lock gate = new();
    private readonly List<Fault> faults = [];

    public void Add(string path, int times, Failure how, bool afterDoing)
    {
        lock (gate) faults.AddRange(Enumerable.Repeat(new Fault(path, how, afterDoing), times));
    }

    /// <summary>The next for a path; null: it goes well.</summary>
    public Fault? Take(string path)
    {
        lock (gate)
        {
            var index = faults.FindIndex(fault => fault.Path == path);
            if (index < 0) return null;
            var fault = faults[index];
            faults.RemoveAt(index);
            return fault;
        }
    }

    internal sealed record Fault(string Path, Failure How, bool AfterDoing);
}
