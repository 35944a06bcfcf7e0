namespace DiffusionBot.Bot.Understanding;

/// <summary>Reads what people write to the bot. Any text is accepted.</summary>
internal static class CommandParser
{
    /// <summary>A message with its verb.</summary>
    public static ParsedMessage Parse(string text) => throw new NotSupportedException();

    /// <summary>A text that is known to be something to draw: no verb is looked for.</summary>
    public static DrawingWords ParseDrawing(string text) => throw new NotSupportedException();
}
