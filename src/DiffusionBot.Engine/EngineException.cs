namespace DiffusionBot.Engine;

/// <summary>
/// What the engine refuses, in words for the person who asked: what was found, what was expected, and where.
/// Everything else that escapes the engine is a fault in it.
/// </summary>
public class EngineException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A model file that is damaged, lies about itself, or lacks a tensor. The message begins with the file's path.</summary>
public class InvalidCheckpointException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>A sound file, but of no family that the engine draws with.</summary>
public sealed class UnknownCheckpointException(string message) : InvalidCheckpointException(message);

/// <summary>A request that cannot be drawn as it stands: a size, a step count, a name out of range.</summary>
public sealed class InvalidRequestException(string message) : EngineException(message);

/// <summary>The machine has too little memory for this picture with this model.</summary>
public sealed class NotEnoughMemoryException(string message, Exception? inner = null) : EngineException(message, inner);
