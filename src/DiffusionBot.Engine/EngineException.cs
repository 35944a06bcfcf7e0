namespace DiffusionBot.Engine;

/// <summary>
/// What the engine refuses, in words for the person who asked: what was found, what was expected, and where.
/// Everything else that escapes the engine is a fault in it.
/// </summary>
public class EngineException(LocalText text, Exception? inner = null) : Exception(text.English, inner)
{
    /// <summary>What only an operator can mend stays English, behind a sentence that says so in Chinese.</summary>
    public EngineException(string message, Exception? inner = null)
        : this(new LocalText(message, $"绘图引擎无法工作：{message}"), inner)
    {
    }

    /// <summary>The message in both languages; <see cref="Exception.Message"/> is the English one.</summary>
    public LocalText Text => text;
}

/// <summary>A model file that is damaged, lies about itself, or lacks a tensor. The message begins with the file's path.</summary>
public class InvalidCheckpointException(LocalText text, Exception? inner = null) : EngineException(text, inner)
{
    /// <summary>The detail is for whoever has the file, and English.</summary>
    public InvalidCheckpointException(string message, Exception? inner = null)
        : this(new LocalText(message, $"模型文件有问题，无法使用：{message}"), inner)
    {
    }
}

/// <summary>A sound file, but of no family that the engine draws with.</summary>
public sealed class UnknownCheckpointException(LocalText text) : InvalidCheckpointException(text)
{
    /// <summary>The detail is for whoever has the file, and English.</summary>
    public UnknownCheckpointException(string message)
        : this(new LocalText(message, $"这个文件不是可以用来绘图的模型：{message}"))
    {
    }
}

/// <summary>A request that cannot be drawn as it stands: a size, a step count, a name out of range.</summary>
public sealed class InvalidRequestException(LocalText text) : EngineException(text);

/// <summary>The machine has too little memory for this picture with this model.</summary>
public sealed class NotEnoughMemoryException(LocalText text, Exception? inner = null) : EngineException(text, inner);
