using DiffusionBot.Engine;

namespace DiffusionBot.Generation.Jobs;

/// <summary>What users are told of requests that failed. Paths and stacks are for the log.</summary>
internal static class FailureTexts
{
    public static LocalText Crashes(int crashes) => new(
        $"The program came to an abrupt end {crashes} times while drawing this. It is not tried again.",
        $"绘制这张图时程序异常退出了 {crashes} 次，不再重试。");

    /// <summary>An error that trying again does not mend; null for one that it may.</summary>
    public static LocalText? Final(Exception error) => error switch
    {
        PictureRefusedException refused => refused.Reason,
        SourceGoneException { Picture: null } => new("The picture to draw from is no longer there.", "要参照的原图已经不在了。"),
        SourceGoneException => new("The picture to enlarge is no longer there.", "要放大的图片已经不在了。"),
        InvalidRequestException { Text: var text } => new($"This cannot be drawn as it stands: {text.English}", $"无法按这些参数绘制：{text.Chinese}"),
        UnknownCheckpointException => new("The model is of a kind that cannot be drawn with.", "无法识别这个模型的类型，不能用它绘制。"),
        InvalidCheckpointException => new("The model's file is damaged or incomplete.", "模型文件已损坏或不完整。"),
        NotEnoughMemoryException => null,
        EngineException { Text: var text } => new($"This cannot be drawn: {text.English}", $"无法绘制：{text.Chinese}"),
        _ => null,
    };

    /// <summary>After the last try.</summary>
    public static LocalText GivenUp(Exception error, int tries)
    {
        var why = error switch
        {
            NotEnoughMemoryException or OutOfMemoryException => new LocalText("the machine has too little memory for it", "机器内存不足"),
            IOException => new LocalText("the picture could not be stored", "图片无法保存"),
            _ => new LocalText("something went wrong inside the program; its log says what", "程序内部出错，详情见日志"),
        };
        var times = tries == 1 ? "once" : $"{tries} times";
        return new($"Tried {times}, and given up: {why.English}.", $"尝试了 {tries} 次仍未成功：{why.Chinese}。");
    }
}

/// <summary>A picture check said no.</summary>
internal sealed class PictureRefusedException(LocalText reason) : Exception(reason.English)
{
    public LocalText Reason => reason;
}

/// <summary>The picture to enlarge, or to draw from, was removed.</summary>
/// <param name="picture">Which is not there to enlarge; null: one that is drawn from, which has no id.</param>
internal sealed class SourceGoneException(Guid? picture = null) : Exception(picture is null ? "There is no file of the picture to draw from." : $"There is no picture {picture} to enlarge.")
{
    public Guid? Picture => picture;
}
