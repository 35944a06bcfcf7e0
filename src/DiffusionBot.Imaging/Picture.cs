namespace DiffusionBot.Imaging;

/// <summary>A picture that somebody sent, decoded.</summary>
/// <param name="Bitmap">The first frame, upright (EXIF orientation applied), in 8-bit sRGB; grey stays 1 channel, alpha is kept.</param>
/// <param name="Format">What the file is.</param>
/// <param name="Frames">1, or more for an animation.</param>
/// <param name="Text">The text it carries.</param>
public sealed record Picture(Bitmap Bitmap, PictureFormat Format, int Frames, PictureText Text);
