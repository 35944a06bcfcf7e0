using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using DiffusionBot.Imaging;

namespace DiffusionBot.Cli;

/// <summary>Options of a kind: numbers in the invariant way, words out of a list, pictures out of files.</summary>
internal static class PictureOptions
{
    public static Option<T?> Number<T>(string name, string description) where T : struct, INumber<T> => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = given =>
        {
            if (T.TryParse(given.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value)) return value;
            given.AddError($"{name} is '{given.Tokens[0].Value}'; expected a {(typeof(T) == typeof(double) ? "" : "whole ")}number.");
            return null;
        },
    };

    public static Option<(int, int)?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "WxH",
        CustomParser = given => ParseSize(name, given),
    };

    /// <summary>One of some words, each of which means a value.</summary>
    public static Option<T?> OneOf<T>(string name, string description, params (string Word, T Value)[] words) where T : struct
    {
        var listed = string.Join('|', words.Select(word => word.Word));
        return new(name)
        {
            Description = description,
            HelpName = listed,
            CustomParser = given =>
            {
                foreach (var (word, value) in words)
                {
                    if (word.Equals(given.Tokens[0].Value, StringComparison.OrdinalIgnoreCase)) return value;
                }
                given.AddError($"{name} is '{given.Tokens[0].Value}'; expected {listed}.");
                return null;
            },
        };
    }

    /// <summary>Whether the command line says something of an option.</summary>
    public static bool Says(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>A picture file's pixels.</summary>
    /// <exception cref="RefusedException">It cannot be read, or is no picture.</exception>
    public static Bitmap Read(string path, Terminal terminal)
    {
        var full = terminal.FullPath(path);
        try
        {
            // A file of any length may have that name.
            if (new FileInfo(full).Length is var length && length > PictureLimits.Default.MaxBytes)
                throw new RefusedException($"{path} is {length} bytes; the limit is {PictureLimits.Default.MaxBytes}.");
            return PictureReader.Decode(File.ReadAllBytes(full)).Bitmap;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidPictureException)
        {
            throw new RefusedException($"{path}: {e.Message}", e);
        }
    }

    private static (int, int)? ParseSize(string name, ArgumentResult given)
    {
        var text = given.Tokens[0].Value;
        if (text.Split(['x', 'X', '×', '*']) is [var wide, var high]
            && int.TryParse(wide, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out var height)) return (width, height);
        given.AddError($"{name} is '{text}'; expected width x height in pixels, as 512x768.");
        return null;
    }
}
