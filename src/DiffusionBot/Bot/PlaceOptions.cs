namespace DiffusionBot.Bot;

/// <summary>What goes for everybody in one place, by the place's name: `web`, `wechat`, `discord`.</summary>
internal sealed class PlacesOptions : Dictionary<string, PlaceOptions>
{
    public const string Section = "Places";

    public PlacesOptions() : base(StringComparer.OrdinalIgnoreCase)
    {
    }
}

/// <summary>What goes for everybody in one place.</summary>
internal sealed class PlaceOptions
{
    /// <summary>`zh` or `en`: what to speak to who has not chosen and whose platform does not tell. Default: as the message is written.</summary>
    public string? Language { get; set; }

    /// <summary>Values that requests there begin with, by the names of flags: `steps`: `25`. A user's own go before them. Default none.</summary>
    public Dictionary<string, string> Defaults { get; } = new(StringComparer.OrdinalIgnoreCase);
}
