using DiffusionBot.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Labels;

/// <summary>Marks the copies that are delivered as made by a machine, where a place's options ask for it. The stored original stays untouched.</summary>
public sealed class PictureLabels(IOptions<LabelOptions> options)
{
    /// <summary>The copy to deliver: with a visible mark and an XMP field as the place wants, and the parameter text of the original.</summary>
    /// <param name="original">The stored PNG.</param>
    /// <param name="place">Which adapter's.</param>
    /// <param name="pictureId">Ours; the XMP field names it.</param>
    /// <returns>A PNG; <paramref name="original"/> itself where the place wants no mark.</returns>
    public byte[] For(byte[] original, string place, string pictureId)
    {
        var settings = options.Value.For(place);
        var copy = settings.Visible ? Marked(original, settings) : original;
        return settings.Xmp ? PictureXmp.Write(copy, Label(settings.Producer, pictureId).ToXmp()) : copy;
    }

    private static byte[] Marked(byte[] original, LabelSettings settings)
    {
        var picture = PictureReader.Decode(original, PictureLimits.Own);
        return PictureWriter.Png(VisibleMark.Draw(picture.Bitmap, settings.Text, settings.Corner, settings.Size), picture.Text.Parameters);
    }

    private static AigcLabel Label(string producer, string pictureId) =>
        new() { ContentProducer = producer, ProduceId = pictureId, ContentPropagator = producer, PropagateId = pictureId };
}

/// <summary>Registers the labels.</summary>
public static class LabelServices
{
    /// <summary>Adds <see cref="PictureLabels"/>, with the section `Labels`.</summary>
    public static IServiceCollection AddPictureLabels(this IServiceCollection services)
    {
        services.AddOptions<LabelOptions>().BindConfiguration(LabelOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<PictureLabels>();
    }
}
