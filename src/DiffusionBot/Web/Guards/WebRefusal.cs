using DiffusionBot.Engine;

namespace DiffusionBot.Web.Guards;

/// <summary>A request that is not answered, with what to say instead.</summary>
/// <param name="status">HTTP's.</param>
/// <param name="text">For the visitor.</param>
internal sealed class WebRefusal(int status, LocalText text) : Exception(text.English)
{
    public int Status => status;

    public LocalText Text => text;

    public static WebRefusal NotFound() => new(StatusCodes.Status404NotFound, new("There is nothing here, or no more.", "这里什么都没有，或者已经被删除了。"));
}
