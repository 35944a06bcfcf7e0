namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>A command as the bot understands it.</summary>
/// <param name="Text">In the chat grammar, with a slash: `/draw a cat`.</param>
/// <param name="Parameters">By the names of flags (<see cref="ChatMessage.Parameters"/>). May be empty.</param>
/// <param name="Draws">Whether a picture is asked for, which comes later.</param>
internal sealed record CommandSaid(string Text, IReadOnlyDictionary<string, string> Parameters, bool Draws);
